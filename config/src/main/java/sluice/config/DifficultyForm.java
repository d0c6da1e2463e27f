package sluice.config;

/** Which numbers an SV1 machine can be told as its difficulty. */
public enum DifficultyForm {
    /** Whole numbers from 1 on, fractions below. */
    ANY("any"),

    /** Whole numbers only: the machine reads a fraction as 0. */
    INTEGER("integer"),

    /** Powers of two only, also below 1. */
    POWER_OF_TWO("power-of-two");

    /** What to write where it is wrong. */
    static final String RIGHT = "write \"any\", \"integer\" or \"power-of-two\"";

    private final String text;

    DifficultyForm(String text) {
        this.text = text;
    }

    /** Throws InvalidValueException for another text. */
    public static DifficultyForm parse(String text) {
        for (DifficultyForm form : values()) {
            if (form.text.equals(text)) {
                return form;
            }
        }
        throw new InvalidValueException("is no form of difficulties", RIGHT);
    }

    public String text() {
        return text;
    }
}
