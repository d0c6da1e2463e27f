package sluice.config;

/** What becomes of miners that were held with their last job for as long as the operator allows. */
public enum AfterHold {
    /** They keep it until an upstream is back. */
    KEEP("keep"),

    /** Their ports close until an upstream is back, so that they turn to pools of their own. */
    CLOSE("close"),

    /** They mine on templates of our own until an upstream is back. */
    SOLO("solo");

    private final String text;

    AfterHold(String text) {
        this.text = text;
    }

    /** Throws InvalidValueException for another text. */
    public static AfterHold parse(String text) {
        for (AfterHold choice : values()) {
            if (choice.text.equals(text)) {
                return choice;
            }
        }
        throw new InvalidValueException("is no such choice", "write \"keep\", \"close\" or \"solo\"");
    }

    public String text() {
        return text;
    }
}
