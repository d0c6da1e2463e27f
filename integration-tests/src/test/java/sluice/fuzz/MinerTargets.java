package sluice.fuzz;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.WireText;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.FoundBlock;
import sluice.proxy.session.MinerInput;

/**
 * Miners' sessions and all that may happen around them in any order. Each byte of the input says what happens next, and
 * bytes behind it say how; capital letters are what the farm does. The first byte says whether there is work already.
 */
final class MinerTargets {
    private MinerTargets() {}

    /** A brace begins a line of the miner's. */
    static void sv1(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        FuzzedFarm farm = new FuzzedFarm();
        if (input.flag()) {
            farm.work();
        }
        WatchedSv1Session session = new WatchedSv1Session(farm);
        farm.members(session::feed);
        while (!input.isEmpty() && !session.isOver()) {
            int op = input.u8();
            switch (op) {
                case '{' -> line(session, input);
                case 'S' -> session.submits(input);
                case 'D' -> session.reachDeadline(input.u8());
                default -> farm.take(op, input);
            }
            forward(farm, session.takeForwarded());
        }
        end(farm, session);
    }

    static void sv2(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        FuzzedFarm farm = new FuzzedFarm();
        if (input.flag()) {
            farm.work();
        }
        WatchedSv2Session session = new WatchedSv2Session(farm);
        farm.members(session::feed);
        while (!input.isEmpty() && !session.isOver()) {
            int op = input.u8();
            switch (op) {
                case 'f' -> session.feed(new MinerInput.FrameReceived(frame(input)));
                case 's' -> session.setsUp(input.u8());
                case 'o' ->
                    session.opensStandard(
                            text(input), Float.intBitsToFloat((int) input.u32()), FuzzedFarm.target(input));
                case 'e' ->
                    session.opensExtended(
                            text(input), Float.intBitsToFloat((int) input.u32()), FuzzedFarm.target(input), input.u8());
                case 'u' -> session.updates(input);
                case 'c' -> session.closes(input);
                case 'h' -> session.submitsStandard(input);
                case 'x' -> session.submitsExtended(input);
                case 'm' -> session.makesJob(input);
                case 'n' -> session.says(new RequestExtensions(input.u8(), List.of(input.u8())));
                case 'D' -> session.reachDeadline(input.u8());
                default -> farm.take(op, input);
            }
            forward(farm, session.takeForwarded());
        }
        end(farm, session);
    }

    static void line(WatchedSv1Session session, FuzzInput input) {
        byte[] rest = input.line();
        byte[] line = new byte[Math.min(rest.length + 1, Sv1Limits.CLIENT.lineLength())];
        line[0] = '{';
        System.arraycopy(rest, 0, line, 1, line.length - 1);
        session.says(line);
    }

    static Frame frame(FuzzInput input) {
        int extension = input.below(3);
        boolean channelMessage = input.flag();
        int type = input.u8();
        return new Frame(extension, channelMessage, type, Bytes.wrap(input.longPrefixed()));
    }

    static void forward(FuzzedFarm farm, List<ForwardedShare> shares) {
        shares.stream().filter(share -> share.job().custom().isEmpty()).forEach(farm.feeding()::forward);
        // What becomes of a block on a client's own job.
        shares.stream()
                .filter(share -> share.job().custom().isPresent())
                .forEach(share -> BlockEntry.of(
                        FoundBlock.of(share, BlockEntry.CUSTOM_JOB, farm.now),
                        share.job().custom().get(),
                        share.window()));
    }

    private static void end(FuzzedFarm farm, WatchedSession session) {
        session.close();
        Claim.that(farm.indexes.inUse() == 0, "%d indexes are never released", farm.indexes.inUse());
    }

    private static String text(FuzzInput input) {
        byte[] text = input.prefixed();
        return WireText.decode(text, 0, text.length);
    }
}
