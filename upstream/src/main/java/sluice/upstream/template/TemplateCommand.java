package sluice.upstream.template;

/** What is asked of a template source. */
public sealed interface TemplateCommand {

    /**
     * Bring a block to the network, also one of a tip that has passed. The answer, where the source gives any, is {@link
     * TemplateEvent.BlockJudged} with the solution's number.
     */
    record SubmitBlock(BlockSolution solution) implements TemplateCommand {}

    /**
     * Leave so much room for the coinbase's own outputs from now on. A source whose templates always leave plenty does
     * nothing about it.
     */
    record ReserveCoinbase(CoinbaseReserve reserve) implements TemplateCommand {}

    /**
     * There may be a better template, somebody says. A source that asks, asks at once; one that is told does nothing about it.
     */
    record LookNow() implements TemplateCommand {}

    /** Send no more templates. No event comes after it, but a block is taken and delivered still. */
    record Close(String reason) implements TemplateCommand {}
}
