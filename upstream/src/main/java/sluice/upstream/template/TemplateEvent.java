package sluice.upstream.template;

/** What a template source has to say. */
public sealed interface TemplateEvent {

    /** The chain has a new tip; templates for the old one are worthless, but for a late solution. */
    record NewTip(Template template) implements TemplateEvent {}

    /** A better template for the same tip. */
    record Refreshed(Template template) implements TemplateEvent {}

    /** The transactions of a template that came without them. */
    record TransactionsArrived(long templateId, TemplateTransactions transactions) implements TemplateEvent {}

    /** What became of the block {@code number} of {@link BlockSolution#number}. */
    record BlockJudged(long number, BlockVerdict verdict) implements TemplateEvent {}

    /** No template is to be had until the next {@link NewTip}. */
    record Unavailable(String reason) implements TemplateEvent {}
}
