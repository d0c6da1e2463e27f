package sluice.proxy.coinbase;

import sluice.upstream.template.Template;

/**
 * A question that is open.
 *
 * @param template whose reward is to be split
 * @param answered whether an answer came that could not be used
 */
record OutputsQuestion(OutputsWanted wanted, Template template, boolean answered) {

    /** Whether an answer to it says the same of {@code other}. */
    boolean isAbout(Template other) {
        return isAbout(wanted, other);
    }

    static boolean isAbout(OutputsWanted wanted, Template template) {
        return wanted.prevHash().equals(template.tip().prevHash())
                && wanted.value() == template.coinbase().value();
    }

    OutputsQuestion of(Template newer) {
        return new OutputsQuestion(wanted, newer, answered);
    }

    OutputsQuestion answeredWrong() {
        return new OutputsQuestion(wanted, template, true);
    }
}
