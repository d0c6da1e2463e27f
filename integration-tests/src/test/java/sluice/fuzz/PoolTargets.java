package sluice.fuzz;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireText;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.session.PoolInput;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.session.Sv1PoolSession;
import sluice.upstream.session.Sv1PoolSettings;
import sluice.upstream.session.Sv2PoolSession;

/**
 * Conversations with pools that say anything in any order. Each byte of the input says what happens next, and bytes behind
 * it say how; capital letters are what we, the network and our miners do. The first byte holds the settings.
 */
final class PoolTargets {
    private static final Sv1ServerDecoder DECODER = new Sv1ServerDecoder();
    private static final Bytes COINBASE_PREFIX = Bytes.fromHex("02000000" + "01" + "00".repeat(32) + "ffffffff" + "16");
    private static final Bytes COINBASE_SUFFIX = Bytes.fromHex("ffffffff" + "00" + "00000000");

    private PoolTargets() {}

    /** A brace begins a line of the pool's. */
    static void sv1(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int how = input.u8();
        WatchedPool pool = new WatchedPool(
                true,
                easiest -> new Sv1PoolSession(new Sv1PoolSettings(
                        "pool",
                        "farm",
                        "x",
                        (how & 1) != 0,
                        (how & 2) != 0,
                        (how & 4) != 0 ? Sv1PoolSession.LEAST_EXTRANONCE_SIZE : 8,
                        "0.1.0",
                        PoolPatience.DEFAULT)));
        pool.connect();
        while (!input.isEmpty()) {
            int op = input.u8();
            if (op == '{') {
                line(pool, input);
            } else {
                pool.take(op, input);
            }
        }
        pool.end();
    }

    private static void line(WatchedPool pool, FuzzInput input) {
        byte[] rest = input.line();
        byte[] line = new byte[Math.min(rest.length + 1, Sv1Limits.SERVER.lineLength())];
        line[0] = '{';
        System.arraycopy(rest, 0, line, 1, line.length - 1);
        Sv1ServerMessage message;
        try {
            message = DECODER.decode(line, 0, line.length);
        } catch (ProtocolViolation violation) {
            // As the connection does it, whose reader finds this before the session does.
            pool.disconnect(violation.reason());
            return;
        }
        if (pool.isConversing()) {
            pool.feed(new PoolInput.LineReceived(message));
        }
    }

    static void sv2(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int how = input.u8();
        boolean selectsWork = (how & 2) != 0;
        WatchedPool pool = new WatchedPool(
                false,
                easiest -> new Sv2PoolSession(new PoolSettings(
                        "pool",
                        "farm",
                        easiest,
                        (how & 1) != 0,
                        "0.1.0",
                        PoolPatience.DEFAULT,
                        PayoutCheck.NONE,
                        selectsWork)));
        pool.connect();
        while (!input.isEmpty()) {
            int op = input.u8();
            switch (op) {
                case 'f' -> receive(pool, MinerTargets.frame(input));
                case 's' -> receive(pool, new SetupConnectionSuccess(2, input.u8()));
                case 'v' -> receive(pool, new SetupConnectionError(input.u8(), text(input)));
                case 'n' -> receive(pool, new RequestExtensionsSuccess(input.u8(), List.of(input.u8())));
                case 'm' ->
                    receive(pool, new RequestExtensionsError(input.u8(), List.of(input.u8()), List.of(input.u8())));
                case 'o' ->
                    receive(
                            pool,
                            new OpenExtendedMiningChannelSuccess(
                                    pool.requestId(),
                                    input.below(4),
                                    target(input),
                                    input.u8(),
                                    Bytes.wrap(input.bytes(input.below(33))),
                                    input.below(8)));
                case 'q' -> receive(pool, new OpenMiningChannelError(pool.requestId(), text(input)));
                case 'j' -> receive(pool, job(pool, input));
                case 'p' -> receive(pool, tip(pool, input));
                case 't' -> receive(pool, new SetTarget(input.below(8), target(input)));
                case 'g' -> receive(pool, new SetGroupChannel(input.below(8), List.of((long) input.below(4))));
                case 'y' ->
                    receive(pool, new SetExtranoncePrefix(input.below(4), Bytes.wrap(input.bytes(input.below(33)))));
                case 'a' -> receive(pool, new SubmitSharesSuccess(input.below(4), input.u8(), input.u8(), input.u8()));
                case 'r' -> receive(pool, new SubmitSharesError(input.below(4), input.u8(), text(input)));
                case 'c' -> receive(pool, new CloseChannel(input.below(8), text(input)));
                case 'w' -> receive(pool, new Reconnect(text(input), input.u16()));
                case 'k' -> receive(pool, new SetCustomMiningJobSuccess(input.below(8), input.below(24), input.u8()));
                case 'l' -> receive(pool, new SetCustomMiningJobError(input.below(8), input.below(24), text(input)));
                case 'J' -> {
                    if (selectsWork) {
                        pool.giveCustomJob(input);
                    }
                }
                default -> pool.take(op, input);
            }
        }
        pool.end();
    }

    private static NewExtendedMiningJob job(WatchedPool pool, FuzzInput input) {
        boolean usual = input.flag();
        return new NewExtendedMiningJob(
                input.below(8),
                input.below(8),
                input.flag() ? OptionalLong.of(pool.farm.now.getEpochSecond() + input.u8()) : OptionalLong.empty(),
                usual ? 0x2000_0000L : input.u32(),
                input.flag(),
                Collections.nCopies(usual ? 1 : input.u8(), Hash256.ZERO),
                usual ? COINBASE_PREFIX : Bytes.wrap(input.prefixed()),
                usual ? COINBASE_SUFFIX : Bytes.wrap(input.prefixed()));
    }

    private static SetNewPrevHash tip(WatchedPool pool, FuzzInput input) {
        byte[] prevHash = new byte[Hash256.LENGTH];
        Arrays.fill(prevHash, (byte) input.u8());
        return new SetNewPrevHash(
                input.below(8),
                input.below(8),
                Hash256.of(prevHash, 0),
                input.flag() ? input.u32() : pool.farm.now.getEpochSecond(),
                input.u32());
    }

    private static Target target(FuzzInput input) {
        return input.flag() ? FuzzedFarm.target(input) : Target.ofWire(input.bytes(Target.LENGTH), 0);
    }

    private static String text(FuzzInput input) {
        byte[] text = input.prefixed();
        return WireText.decode(text, 0, text.length);
    }

    private static void receive(WatchedPool pool, Sv2Message message) {
        receive(pool, Frame.parse(message.toFrame()));
    }

    private static void receive(WatchedPool pool, Frame frame) {
        if (pool.isConversing()) {
            pool.feed(new PoolInput.FrameReceived(frame));
        }
    }
}
