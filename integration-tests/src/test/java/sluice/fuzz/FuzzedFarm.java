package sluice.fuzz;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.session.CustomWork;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.Sv1MinerContext;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** One loop with two routes, whose upstreams say what the input wants: what a miner's session stands in. */
final class FuzzedFarm {
    static final LimitsConfig LIMITS = LimitsConfig.DEFAULT;
    /** One hash in four is a share, so that inputs find some. */
    static final Target EASY = Difficulty.targetOf(1e-9);

    // Keeps nothing between lines and is dear to make.
    private static final Bytes COINBASE_PREFIX = Bytes.fromHex("02000000" + "01" + "00".repeat(32) + "ffffffff" + "16");
    private static final Bytes COINBASE_SUFFIX = Bytes.fromHex("ffffffff" + "00" + "00000000");
    private static final List<Target> TARGETS =
            List.of(EASY, Target.MAX, Target.DIFFICULTY_1, Target.ofCompact(0x1b00d7c0L));

    Instant now = Instant.ofEpochSecond(1_745_596_971L);
    final ExtranonceIndexes indexes = new ExtranonceIndexes(0, 1, 0xffff_ffffL, 64);
    final MinerContext context;
    private final FuzzedJudge judge = new FuzzedJudge();
    private final List<FuzzedRoute> routes;
    private final List<Bytes> prefixes = new ArrayList<>(List.of(Bytes.EMPTY, Bytes.EMPTY));
    private int feeding;
    private Consumer<MinerInput> members = input -> {};

    FuzzedFarm() {
        Numbering numbering = new Numbering();
        routes = List.of(new FuzzedRoute("a", numbering, () -> now), new FuzzedRoute("b", numbering, () -> now));
        context = new MinerContext(
                routes.get(0).replica,
                ExtranonceShape.ROLL_4,
                indexes,
                new ShareValidator(),
                new ProfileBook(new VardiffConfig(true, 6, 1e-9, 1e-9)),
                Optional.of(new CustomWork(judge, numbering)));
    }

    Sv1MinerContext sv1() {
        return Sv1MinerContext.of(context, Sv1Config.DEFAULT, LIMITS);
    }

    FuzzedRoute feeding() {
        return routes.get(feeding);
    }

    void members(Consumer<MinerInput> next) {
        members = next;
        feeding().members(next);
    }

    /** A pool that is there from the beginning. */
    void work() {
        feeding()
                .event(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("pool", Bytes.fromHex("a1a2a3a4"), 16, EASY, true)));
        prefixes.set(feeding, Bytes.fromHex("a1a2a3a4"));
        job(1, OptionalLong.empty(), 0x2000_0000L, true, 1, feeding);
        tip(1, 1, 0x1d00_ffffL, 0);
    }

    /** Does what {@code op} means and answers whether it means anything here. */
    boolean take(int op, FuzzInput input) {
        switch (op) {
            case 'T' -> now = now.plusSeconds(input.u16());
            case 'O' -> open(input);
            case 'J' ->
                job(
                        input.below(8),
                        input.flag() ? OptionalLong.of(now.getEpochSecond() + input.u8()) : OptionalLong.empty(),
                        input.u32(),
                        input.flag(),
                        input.below(3),
                        input.flag() ? 1 - feeding : feeding);
            case 'P' -> tip(input.below(8), input.u8(), input.u32(), input.u8());
            case 'G' -> feeding().event(new UpstreamEvent.TargetChanged(target(input)));
            case 'X' -> feeding().event(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
            case 'V' -> feeding().event(new UpstreamEvent.SharesAccepted(input.u8(), input.u8(), input.u8()));
            case 'W' -> feeding().event(new UpstreamEvent.ShareRejected(input.u8(), "no"));
            case 'K' -> feeding().reach(RouteDeadline.KEEPALIVE);
            case 'R' -> {
                feeding().members(update -> {});
                feeding = 1 - feeding;
                feeding().members(members);
                members.accept(new MinerInput.RouteChanged(feeding().replica));
            }
            case 'C' -> judge.tip(block(input.u8()));
            case 'I' -> indexes.onTipChanged();
            default -> {
                return false;
            }
        }
        return true;
    }

    static Target target(FuzzInput input) {
        return TARGETS.get(input.below(TARGETS.size()));
    }

    private void open(FuzzInput input) {
        Bytes prefix = Bytes.wrap(input.bytes(input.below(UpstreamChannel.MAX_FULL_EXTRANONCE + 1)));
        int granted = input.below(UpstreamChannel.MAX_FULL_EXTRANONCE + 1 - prefix.length());
        prefixes.set(feeding, prefix);
        feeding()
                .event(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("pool", prefix, granted, target(input), input.flag())));
    }

    private void job(long id, OptionalLong minNtime, long version, boolean rolling, int depth, int route) {
        routes.get(route)
                .event(new UpstreamEvent.JobAnnounced(new UpstreamJob(
                        id,
                        minNtime,
                        version,
                        rolling,
                        Collections.nCopies(depth, Hash256.ZERO),
                        COINBASE_PREFIX,
                        COINBASE_SUFFIX,
                        prefixes.get(route))));
    }

    private void tip(long job, int block, long nbits, int later) {
        feeding()
                .event(new UpstreamEvent.TipChanged(
                        job, new ChainTip(block(block), nbits, now.getEpochSecond() + later)));
    }

    /** The hash of a block that inputs call {@code number}. */
    static Hash256 block(int number) {
        byte[] hash = new byte[Hash256.LENGTH];
        Arrays.fill(hash, (byte) number);
        return Hash256.of(hash, 0);
    }
}
