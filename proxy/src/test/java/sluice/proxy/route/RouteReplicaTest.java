package sluice.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.upstream.UpstreamChannel;

class RouteReplicaTest {
    private static final Target TARGET = Difficulty.targetOf(2);
    private static final UpstreamChannel CHANNEL =
            new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, TARGET, true);

    private final RouteReplica replica = new RouteReplica(new Numbering());

    private static MiningJob future(long id) {
        return MiningJob.future(
                id, VectorJobs.UPSTREAM, VectorJobs.upstreamJob(OptionalLong.empty(), true), VectorJobs.GRANTED, 1);
    }

    private static MiningJob active(long id) {
        return VectorJobs.active(id, VectorJobs.SHARE_TIP, TARGET);
    }

    private void ready() {
        replica.apply(new RouteUpdate.UpstreamReady(CHANNEL, 1));
    }

    @Test
    void knowsNothingBeforeTheFirstUpstream() {
        assertThat(replica.isConnected()).isFalse();
        assertThat(replica.channel()).isEmpty();
        assertThat(replica.currentJob()).isEmpty();
        assertThat(replica.futureJobs()).isEmpty();
        assertThat(replica.target()).isEqualTo(Target.MAX);
    }

    @Test
    void takesTargetAndGenerationFromTheUpstreamThatIsReady() {
        replica.apply(new RouteUpdate.UpstreamReady(CHANNEL, 5));
        assertThat(replica.isConnected()).isTrue();
        assertThat(replica.channel()).contains(CHANNEL);
        assertThat(replica.generation()).isEqualTo(5);
        assertThat(replica.target()).isEqualTo(TARGET);
        replica.apply(new RouteUpdate.TargetChanged(Difficulty.targetOf(9)));
        assertThat(replica.target()).isEqualTo(Difficulty.targetOf(9));
    }

    @Test
    void aFutureJobWaitsAndAnActiveOneIsCurrentAtOnce() {
        ready();
        MiningJob waiting = future(1);
        MiningJob now = active(2);
        replica.apply(new RouteUpdate.JobAdded(waiting));
        assertThat(replica.currentJob()).isEmpty();
        replica.apply(new RouteUpdate.JobAdded(now));
        assertThat(replica.currentJob()).containsSame(now);
        assertThat(replica.futureJobs()).containsExactly(waiting);
    }

    @Test
    void aTipMakesItsJobCurrentAndEveryFutureJobVoid() {
        ready();
        MiningJob chosen = future(1);
        replica.apply(new RouteUpdate.JobAdded(chosen));
        replica.apply(new RouteUpdate.JobAdded(future(2)));
        MiningJob activated = chosen.activate(VectorJobs.BLOCK_TIP, TARGET);
        replica.apply(new RouteUpdate.TipChanged(activated));
        assertThat(replica.currentJob()).containsSame(activated);
        assertThat(replica.futureJobs()).isEmpty();
    }

    @Test
    void aRepeatedJobTakesTheCurrentOnesPlace() {
        ready();
        MiningJob job = active(1);
        replica.apply(new RouteUpdate.JobAdded(job));
        MiningJob again = job.again(2, job.ntime() + 30);
        replica.apply(new RouteUpdate.JobRepeated(again));
        assertThat(replica.currentJob()).containsSame(again);
    }

    @Test
    void aLostUpstreamLeavesMinersTheirLastJobAndChannel() {
        ready();
        MiningJob job = active(1);
        replica.apply(new RouteUpdate.JobAdded(job));
        replica.apply(new RouteUpdate.UpstreamLost("connection reset"));
        assertThat(replica.isConnected()).isFalse();
        assertThat(replica.currentJob()).containsSame(job);
        assertThat(replica.channel()).contains(CHANNEL);
    }

    @Test
    void theNextUpstreamVoidsTheFutureJobsOfTheLast() {
        ready();
        replica.apply(new RouteUpdate.JobAdded(future(1)));
        replica.apply(new RouteUpdate.UpstreamReady(CHANNEL, 2));
        assertThat(replica.futureJobs()).isEmpty();
        assertThat(replica.generation()).isEqualTo(2);
    }

    @Test
    void futureJobsAreBoundedAndTheOldestGivesWay() {
        ready();
        for (long id = 1; id <= RouteReplica.MAX_FUTURE_JOBS; id++) {
            replica.apply(new RouteUpdate.JobAdded(future(id)));
        }
        assertThat(replica.futureJobs())
                .hasSize(RouteReplica.MAX_FUTURE_JOBS)
                .first()
                .extracting(MiningJob::id)
                .isEqualTo(1L);
        replica.apply(new RouteUpdate.JobAdded(future(100)));
        assertThat(replica.futureJobs())
                .hasSize(RouteReplica.MAX_FUTURE_JOBS)
                .extracting(MiningJob::id)
                .startsWith(2L)
                .endsWith(100L);
    }

    @Test
    void hasWorkWhileItsUpstreamTakesSharesOfTheJobInForce() {
        assertThat(replica.hasWork()).isFalse();
        ready();
        assertThat(replica.hasWork()).isFalse();
        replica.apply(new RouteUpdate.TipChanged(active(1)));
        assertThat(replica.hasWork()).isTrue();
        replica.apply(new RouteUpdate.UpstreamLost("gone"));
        assertThat(replica.hasWork()).isFalse();
        replica.apply(new RouteUpdate.UpstreamReady(CHANNEL, 2));
        assertThat(replica.hasWork()).as("the job is of the channel before").isFalse();
    }

    @Test
    void theJobOfAMinerThatComesBackIsTheSameWorkUnderAnIdItWasNeverTold() {
        Numbering numbering = new Numbering();
        RouteReplica route = new RouteReplica(numbering);
        MiningJob job = active(numbering.nextJobId());
        long told = numbering.nextJobId();
        MiningJob renewed = route.renewed(job, told);
        assertThat(renewed.id()).isGreaterThan(told);
        assertThat(renewed.source()).isSameAs(job.source());
        assertThat(renewed.ntime()).isEqualTo(job.ntime());
        assertThat(route.renewed(job, told))
                .as("shared by all that come back together")
                .isSameAs(renewed);
        assertThat(route.renewed(job, renewed.id()).id()).isGreaterThan(renewed.id());
        MiningJob next = active(numbering.nextJobId());
        assertThat(route.renewed(next, told).source()).isSameAs(next.source());
    }
}
