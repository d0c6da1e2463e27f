package sluice.proxy.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Bip34;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamJob;
import sluice.upstream.template.Template;

/** Jobs as upstreams announce them. */
public final class AnnouncedJobs {
    private static final int EXTRANONCE_SIZE = 8;

    private AnnouncedJobs() {}

    /** One that pays these. */
    public static AnnouncedJob of(String upstream, long height, double difficulty, List<TxOut> outputs) {
        Coinbase coinbase = Coinbase.builder()
                .scriptSigPrefix(Bip34.scriptSigPrefix(height))
                .tag(Bytes.of("/pool/".getBytes(StandardCharsets.US_ASCII)))
                .extranonceLength(EXTRANONCE_SIZE)
                .outputs(outputs)
                .build();
        return new AnnouncedJob(
                upstream,
                new UpstreamJob(
                        1,
                        OptionalLong.empty(),
                        0x2000_0000L,
                        true,
                        List.of(),
                        coinbase.prefix(),
                        coinbase.suffix(),
                        Bytes.EMPTY),
                EXTRANONCE_SIZE,
                Difficulty.targetOf(difficulty));
    }

    /** One that is made of a template. */
    public static AnnouncedJob of(String upstream, Template template, Bytes payout) {
        Coinbase coinbase = template.coinbase().payingTo(payout, Bytes.EMPTY, EXTRANONCE_SIZE);
        return new AnnouncedJob(
                upstream,
                new UpstreamJob(
                        1,
                        OptionalLong.empty(),
                        template.version(),
                        true,
                        template.merklePath().siblings(),
                        coinbase.prefix(),
                        coinbase.suffix(),
                        Bytes.EMPTY),
                EXTRANONCE_SIZE,
                template.networkTarget());
    }

    /** One whose coinbase is none. */
    public static AnnouncedJob unreadable(String upstream) {
        return new AnnouncedJob(
                upstream,
                new UpstreamJob(
                        1, OptionalLong.empty(), 0, true, List.of(), Bytes.zeros(4), Bytes.zeros(4), Bytes.EMPTY),
                EXTRANONCE_SIZE,
                Difficulty.targetOf(1));
    }

    /** One that pays somebody. */
    public static AnnouncedJob of(String upstream) {
        return of(upstream, 900_000, 1, List.of(new TxOut(312_500_000, Bytes.fromHex("6a"))));
    }
}
