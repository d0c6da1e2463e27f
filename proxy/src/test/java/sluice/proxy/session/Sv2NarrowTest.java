package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.proxy.mining.extranonce.ExtranonceShape;

/** An SV2 miner of a gateway in which indexes are few: its connection has one, and with it one channel at a time. */
class Sv2NarrowTest {
    private static final Bytes ROLLED = Bytes.fromHex("00000007");

    private final Sv2Farm farm = Sv2Farm.miningNarrowly(ExtranonceShape.NARROW_5);
    private final Sv2Client miner = farm.connect(4);

    @Test
    void hasOneChannelAtATime() {
        Sv2ClientChannel first = miner.openStandard();
        miner.send(new OpenStandardMiningChannel(7, "a", 0f, Target.MAX));
        assertThat(miner.only(OpenMiningChannelError.class).errorCode()).isEqualTo("channel-capacity-exhausted");

        close(first);

        assertThat(miner.openStandard().prefix()).isEqualTo(first.prefix());
    }

    @Test
    void isPaidOnceForAShareThatItSendsAgainOnItsNextChannel() {
        Sv2ClientChannel first = miner.openExtended(4);
        SubmitSharesExtended share = submit(first);
        miner.send(share);
        close(first);
        Sv2ClientChannel next = miner.openExtended(4);
        assertThat(next.prefix()).isEqualTo(first.prefix());
        miner.clear();

        miner.send(again(share, next));

        assertThat(miner.only(SubmitSharesError.class).errorCode()).isEqualTo("duplicate-share");
    }

    @Test
    void searchesAfreshOnTheNextTip() {
        Sv2ClientChannel first = miner.openExtended(4);
        miner.send(submit(first));
        close(first);
        farm.newTip();
        Sv2ClientChannel next = miner.openExtended(4);
        miner.clear();

        miner.send(submit(next));

        assertThat(miner.forwarded).hasSize(1);
    }

    private static SubmitSharesExtended submit(Sv2ClientChannel channel) {
        Sv2ClientJob job = channel.current();
        return (SubmitSharesExtended) channel.mine(job, job.version, ROLLED, true);
    }

    private static SubmitSharesExtended again(SubmitSharesExtended share, Sv2ClientChannel on) {
        return (SubmitSharesExtended)
                on.submit(1, on.current().id, share.nonce(), share.ntime(), share.version(), ROLLED);
    }

    private void close(Sv2ClientChannel channel) {
        miner.send(new CloseChannel(channel.id(), "done"));
        miner.channels.remove(channel.id());
        miner.clear();
    }
}
