package sluice.simulation;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannelError;

/** What a pool says that has lost its way. None of it may confuse the gateway; some of it ends the connection. */
final class PoolNonsense {
    private final Chance chance;

    PoolNonsense(Chance chance) {
        this.chance = chance;
    }

    void talk(PoolChannel channel, Consumer<Sv2Message> messages, Consumer<Bytes> frames) {
        long stranger = channel.id() ^ 0x55;
        switch (chance.between(0, 11)) {
            case 0 -> messages.accept(new SetNewPrevHash(channel.id(), 0xffff_fff0L, Hash256.ZERO, 0, 0x1d00_ffffL));
            case 1 -> messages.accept(new SetNewPrevHash(stranger, 1, Hash256.ZERO, 0, 0x1d00_ffffL));
            case 2 -> messages.accept(new SetTarget(stranger, Target.MAX));
            case 3 -> messages.accept(new SetTarget(channel.id(), Target.ofWire(new byte[32], 0)));
            case 4 -> messages.accept(new SetExtranoncePrefix(channel.id(), Bytes.zeros(32)));
            case 5 -> messages.accept(new SetExtranoncePrefix(channel.groupId(), Bytes.zeros(1)));
            case 6 -> messages.accept(new SubmitSharesSuccess(channel.id(), 0, 3, 3));
            case 7 -> messages.accept(new SetupConnectionSuccess(2, 0));
            case 8 -> messages.accept(new OpenExtendedMiningChannelSuccess(1, 77, Target.MAX, 16, Bytes.zeros(2), 78));
            case 9 -> {
                messages.accept(new UpdateChannelError(channel.id(), "no"));
                messages.accept(new ChannelEndpointChanged(channel.id()));
            }
            case 10 ->
                messages.accept(new NewExtendedMiningJob(
                        stranger,
                        1,
                        OptionalLong.empty(),
                        1,
                        true,
                        List.of(),
                        Bytes.zeros(chance.between(0, 50)),
                        Bytes.zeros(chance.between(0, 50))));
            default -> {
                Bytes frame = new SetTarget(channel.id(), Target.MAX).toFrameBytes();
                byte[] cut = frame.slice(0, frame.length() - 5).toArray();
                cut[3] = (byte) (cut.length - 6);
                frames.accept(Bytes.wrap(cut));
            }
        }
    }
}
