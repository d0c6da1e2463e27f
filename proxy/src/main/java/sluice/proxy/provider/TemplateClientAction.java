package sluice.proxy.provider;

import java.time.Instant;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.CoinbaseReserve;

/** What a {@link TemplateClientSession} wants done, in order. */
public sealed interface TemplateClientAction {
    record Send(Sv2Message message) implements TemplateClientAction {}

    /** Give the block to the source of the templates; the verdict comes back as an event of the source. */
    record SubmitBlock(BlockSolution solution) implements TemplateClientAction {}

    /** This client needs so much room from now on. */
    record Reserve(CoinbaseReserve reserve) implements TemplateClientAction {}

    record SetDeadline(TemplateClientDeadline deadline, Instant at) implements TemplateClientAction {}

    /** For the operator: something odd, or a solution that is no block. */
    record Note(String text) implements TemplateClientAction {}

    /**
     * Close the connection once what was sent before is written.
     *
     * @param reason short kebab-case
     * @param detail for the log
     */
    record Disconnect(String reason, String detail) implements TemplateClientAction {}
}
