package sluice.fuzz;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteAction;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteInput;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.MinerInput;
import sluice.proxy.translation.PoolNames;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** A real route, and the replica that the only loop has of it. */
final class FuzzedRoute {
    final RouteReplica replica;
    private final Route route;
    private final Supplier<Instant> clock;
    private Consumer<UpstreamCommand> upstream = command -> {};
    private Consumer<MinerInput> members = input -> {};
    private long submitted;

    FuzzedRoute(String name, Numbering numbering, Supplier<Instant> clock) {
        this.replica = new RouteReplica(numbering);
        this.route = new Route(name, PoolNames.OWN, Duration.ofSeconds(60), Target.DIFFICULTY_1, numbering);
        this.clock = clock;
        on(new RouteInput.Engaged());
    }

    /** Who takes the route's commands. */
    void upstream(Consumer<UpstreamCommand> next) {
        upstream = next;
    }

    /** Who is told of its updates. */
    void members(Consumer<MinerInput> next) {
        members = next;
    }

    void event(UpstreamEvent event) {
        on(new RouteInput.FromUpstream(event));
    }

    void reach(RouteDeadline deadline) {
        on(new RouteInput.DeadlineReached(deadline));
    }

    void forward(ForwardedShare share) {
        on(new RouteInput.Forward(share));
    }

    void demand(double hashrate, Target hardest) {
        on(new RouteInput.Demand(1, hashrate, hardest));
        reach(RouteDeadline.DEMAND);
    }

    private void on(RouteInput input) {
        for (RouteAction action : List.copyOf(route.on(input, clock.get()))) {
            switch (action) {
                case RouteAction.Broadcast broadcast -> {
                    replica.apply(broadcast.update());
                    members.accept(new MinerInput.RouteUpdated(broadcast.update()));
                }
                case RouteAction.ToUpstream(UpstreamCommand command) -> {
                    submitted += command instanceof UpstreamCommand.SubmitShare ? 1 : 0;
                    upstream.accept(command);
                }
                case RouteAction.RecordBlock block -> on(new RouteInput.BlockRecorded(block.share()));
                case RouteAction.Publish publish -> Claim.that(publish.event() != null, "no event");
                case RouteAction.SetDeadline set -> Claim.that(set.at() != null, "no time");
            }
        }
        Claim.that(
                route.unanswered() >= 0 && route.unanswered() <= submitted,
                "%d shares without a verdict of %d",
                route.unanswered(),
                submitted);
    }
}
