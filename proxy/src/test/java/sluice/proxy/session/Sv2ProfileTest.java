package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.ProfileTables;

/** What the channels of an SV2 miner with a profile of its own get. */
class Sv2ProfileTest {
    private static final Target HARD = Difficulty.targetOf(1e12);

    private final Sv2Farm farm = Sv2Farm.mining(VardiffConfig.DEFAULT, HARD);

    private void profiles(String tables) {
        farm.context.profiles(ProfileTables.book(tables));
    }

    private static String forAll(String settings) {
        return "[[profile]]\nname = \"all\"\nusers = [\"*\"]\n" + settings + "\n";
    }

    private static Sv2ClientChannel open(Sv2Client miner, long request, String user, float hashrate) {
        miner.send(new OpenExtendedMiningChannel(request, user, hashrate, Target.MAX, 4));
        return miner.newest();
    }

    @Test
    void eachChannelStartsAsTheProfileOfItsUserSays() {
        profiles("""
                [[profile]]
                name = "a"
                users = ["a"]
                start_difficulty = 77
                [[profile]]
                name = "b"
                users = ["b"]
                max_difficulty = 1000
                """);
        Sv2Client miner = farm.connect(4);

        assertThat(open(miner, 1, "a", 0f).target()).isEqualTo(Difficulty.targetOf(77));
        assertThat(open(miner, 2, "b", 1e15f).target()).isEqualTo(Difficulty.targetOf(1000));
        assertThat(open(miner, 3, "c", 0f).target()).isEqualTo(Difficulty.targetOf(8192));
        assertThat(miner.events(GatewayEvent.MinerProfiled.class)).hasSize(2);
    }

    @Test
    void theClaimedHashrateIsTheStartWithinTheBounds() {
        profiles(forAll("min_difficulty = 5000\nshares_per_minute = 60"));
        assertThat(open(farm.connect(4), 1, "a", 1e9f).target()).isEqualTo(Difficulty.targetOf(5000));
    }

    @Test
    void aProfileNeverLeadsAboveTheUpstreamsTarget() {
        Sv2Farm easy = Sv2Farm.mining(VardiffConfig.DEFAULT, Difficulty.targetOf(64));
        easy.context.profiles(ProfileTables.book(forAll("min_difficulty = 5000")));
        assertThat(open(easy.connect(4), 1, "a", 1e15f).target()).isEqualTo(Difficulty.targetOf(64));
    }

    @Test
    void aTargetThatIsFarOffComesWithTheSameWorkOnceMoreForThatChannelAlone() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel one = open(miner, 1, "a", 0f);
        Sv2ClientChannel other = open(miner, 2, "b", 0f);
        miner.clear();
        miner.send(new UpdateChannel(one.id(), 1e15f, Target.MAX));

        assertThat(miner.inbox).hasSize(2);
        assertThat(miner.inbox.getFirst()).isInstanceOf(SetTarget.class);
        NewExtendedMiningJob job = miner.only(NewExtendedMiningJob.class);
        assertThat(job.channelId()).isEqualTo(one.id());
        assertThat(job.minNtime()).as("to mine at once").isPresent();
        assertThat(miner.all(SetNewPrevHash.class)).isEmpty();
        assertThat(other.target()).isEqualTo(Difficulty.targetOf(8192));
        miner.clear();
        farm.newTip();
        assertThat(miner.disconnect).isNull();
    }

    @Test
    void aStandardChannelGetsItsOwnHeaderOnceMore() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = miner.openStandard();
        miner.clear();
        miner.send(new UpdateChannel(channel.id(), 1e15f, Target.MAX));
        assertThat(miner.only(NewMiningJob.class).channelId()).isEqualTo(channel.id());
    }

    @Test
    void aChangeBelowEightTimesWaitsForTheNextJob() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 1, "a", 1e12f);
        miner.clear();
        miner.send(new UpdateChannel(channel.id(), 7e12f, Target.MAX));
        assertThat(miner.inbox).hasOnlyElementsOfType(SetTarget.class);
    }

    @Test
    void aMinerThatMayNotGetJobsTooFastGetsTheNewestWhenItMayAndATipAtOnce() {
        profiles(forAll("job_interval = \"10s\""));
        Sv2Client miner = farm.connect(4);
        open(miner, 1, "a", 0f);
        miner.clear();
        farm.now = farm.now.plusSeconds(3);
        farm.activeJob();
        farm.activeJob();
        assertThat(miner.all(NewExtendedMiningJob.class)).isEmpty();
        assertThat(miner.deadlines.get(MinerDeadline.JOB)).isEqualTo(farm.now.plusSeconds(7));

        farm.now = miner.deadlines.get(MinerDeadline.JOB);
        miner.reach(MinerDeadline.JOB);
        assertThat(miner.all(NewExtendedMiningJob.class)).hasSize(1);
        miner.clear();
        farm.activeJob();
        farm.newTip();
        assertThat(miner.all(SetNewPrevHash.class)).hasSize(1);
        miner.clear();
        miner.reach(MinerDeadline.JOB);
        assertThat(miner.inbox).isEmpty();
    }

    @Test
    void aCoinbaseBeyondTheBudgetIsReportedOnceForAnExtendedChannel() {
        profiles(forAll("coinbase_budget = 100"));
        Sv2Client miner = farm.connect(4);
        open(miner, 1, "a", 0f);
        farm.newTip();
        assertThat(miner.events(GatewayEvent.CoinbaseBeyondBudget.class)).hasSize(1);
        Sv2Client headers = farm.connect(4);
        headers.openStandard();
        assertThat(headers.events(GatewayEvent.CoinbaseBeyondBudget.class))
                .as("it never sees a coinbase")
                .isEmpty();
    }

    @Test
    void changedProfilesHoldForChannelsThatAreOpen() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 1, "a", 0f);
        miner.clear();
        profiles(forAll("max_difficulty = 500"));
        miner.feed(new MinerInput.ProfilesChanged());

        assertThat(channel.target()).isEqualTo(Difficulty.targetOf(500));
        assertThat(miner.all(NewExtendedMiningJob.class)).as("it is far off").hasSize(1);
        miner.clear();
        miner.feed(new MinerInput.ProfilesChanged());
        assertThat(miner.inbox).isEmpty();
    }

    @Test
    void aMinerIsKnownByWhatItSaysAtSetup() {
        profiles("[[profile]]\nname = \"known\"\nuser_agents = [\"Vendor hardware firm*\"]\nstart_difficulty = 33\n");
        Sv2Client miner = farm.connect(4);
        assertThat(open(miner, 1, "a", 0f).target()).isEqualTo(Difficulty.targetOf(33));
        assertThat(miner.events(GatewayEvent.MinerProfiled.class))
                .extracting(GatewayEvent.MinerProfiled::userAgent)
                .containsExactly("vendor hardware firmware");
    }
}
