package sluice.upstream.declaration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.template.CoinbaseSplit;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateJob;

/**
 * What a job of our own would be.
 *
 * @param made absent where its coinbase cannot pay what it has to
 * @param fault why there must be no such job; empty where there may
 */
record JobDraft(Optional<TemplateJob> made, Optional<String> fault) {

    /**
     * The job of a template for a pool.
     *
     * @param token of the pool's server, and with it what the pool wants paid
     * @param tag for the coinbase; cut where the pool's extranonce leaves less room
     */
    static JobDraft of(Template template, JobToken token, UpstreamChannel channel, Bytes tag) {
        Optional<List<TxOut>> outputs = outputs(token, template);
        if (outputs.isEmpty()) {
            return new JobDraft(
                    Optional.empty(), Optional.of("its block would have less to pay than the pool asks for"));
        }
        int length = channel.extranoncePrefix().length() + channel.extranonceSize();
        int room = template.coinbase().roomForTag(length);
        Bytes shown = template.split()
                .map(split -> split.tagBefore(tag, room))
                .orElseGet(() -> tag.slice(0, Math.min(tag.length(), room)));
        TemplateJob made = new TemplateJob(
                template, template.coinbase().paying(outputs.get(), shown, length), channel.extranoncePrefix());
        return new JobDraft(Optional.of(made), made.fault(outputs.get()));
    }

    /**
     * The pool's outputs, of which the first gets what the others leave (SV2 6.4.3), and behind them those of a coinbase
     * provider. Empty where they want more than there is, or would leave nothing to the pool.
     */
    static Optional<List<TxOut>> outputs(JobToken token, Template template) {
        List<TxOut> outputs = new ArrayList<>(token.outputs());
        long left = template.coinbase().value();
        for (TxOut further : token.outputs().subList(1, token.outputs().size())) {
            left -= further.value();
            if (left < 0) {
                return Optional.empty();
            }
        }
        if (template.split().isPresent()) {
            CoinbaseSplit split = template.split().get();
            left -= split.sum();
            if (left <= 0) {
                return Optional.empty();
            }
            outputs.addAll(split.outputs());
        }
        outputs.set(0, new TxOut(left, token.outputs().getFirst().script()));
        return Optional.of(outputs);
    }
}
