package sluice.proxy.netty;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import sluice.config.SoloConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.block.BlockEntry;
import sluice.upstream.Upstream;
import sluice.upstream.netty.TemplateUpstream;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SoloSession;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateSource;

/**
 * Mining for ourselves on the gateway's own templates.
 *
 * @param payoutScript output script that a block's whole reward goes to
 * @param tag put into the coinbase
 */
public record SoloUpstream(String name, Bytes payoutScript, Bytes tag, InstantSource clock) implements UpstreamFactory {

    /** As the operator configured it. */
    public static SoloUpstream of(SoloConfig solo, InstantSource clock) {
        return new SoloUpstream(SoloConfig.NAME, solo.payout().script(), Bytes.of(solo.tagBytes()), clock);
    }

    @Override
    public boolean recordsBlocks() {
        return true;
    }

    @Override
    public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
        TemplateSource templates = here.coinbase().subscribe();
        templates.send(new TemplateCommand.ReserveCoinbase(CoinbaseReserve.of(List.of(new TxOut(0, payoutScript)))));
        return new TemplateUpstream(
                here.loop(),
                templates,
                new SoloSession(name, payoutScript, tag),
                clock,
                (solution, merklePath, verdict) -> here.blocks()
                        .found(BlockEntry.of(solution, merklePath, name, clock.instant()), () -> {}, verdict));
    }
}
