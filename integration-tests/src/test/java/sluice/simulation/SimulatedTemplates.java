package sluice.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Target;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.SoloAction;
import sluice.upstream.template.SoloInput;
import sluice.upstream.template.SoloSession;
import sluice.upstream.template.TemplateEvent;

/** Solo mining on a simulated chain by the rules of the gateway's own shell; it tells the books which jobs it gives. */
final class SimulatedTemplates implements Upstream {
    private final World world;
    private final Chance chance;
    private final UpstreamJobs jobs;
    private final SimulatedChain chain;
    private final SoloSession session;
    private final SimulatedModule module;
    private final Map<Long, UpstreamJobs.Source> announced = new HashMap<>();
    private Consumer<UpstreamEvent> events;
    private VirtualTime.Timer nextLook;
    private long diskFree;
    private Target target = Target.MAX;
    private ChainTip tip;
    private int granted;

    SimulatedTemplates(World world, Chance chance, UpstreamJobs jobs, String name, SimulatedChain.Settings settings) {
        this.world = world;
        this.chance = chance;
        this.jobs = jobs;
        this.chain =
                new SimulatedChain(settings, chance.splittable(), world.time().instant());
        this.session = new SoloSession(name, Bytes.fromHex("51"), Bytes.EMPTY);
        this.module = new SimulatedModule(world, chance.split(), event -> feed(new SoloInput.TemplateReported(event)));
    }

    @Override
    public void start(Consumer<UpstreamEvent> to) {
        events = to;
        module.on(new TemplateEvent.NewTip(chain.current()));
        look();
    }

    @Override
    public void send(UpstreamCommand command) {
        feed(new SoloInput.Requested(command));
        scheduleLook();
    }

    SoloSession session() {
        return session;
    }

    private void look() {
        Instant now = world.time().instant();
        for (TemplateEvent event : chain.advance(now)) {
            module.on(event);
        }
        if (session.nextDeadline().filter(at -> !at.isAfter(now)).isPresent()) {
            feed(new SoloInput.TimePassed());
        }
        scheduleLook();
    }

    private void scheduleLook() {
        if (nextLook != null) {
            nextLook.cancel();
        }
        Instant next = chain.nextChange();
        Instant due = session.nextDeadline().filter(at -> at.isBefore(next)).orElse(next);
        Duration wait = Duration.between(world.time().instant(), due);
        nextLook = world.time().after(wait.isPositive() ? wait : Duration.ofMillis(1), this::look);
    }

    private void feed(SoloInput input) {
        List<SoloAction> actions;
        try {
            actions = List.copyOf(session.on(input, world.time().instant()));
        } catch (RuntimeException bug) {
            throw new BrokenInvariant("the solo session throws at " + input, bug);
        }
        for (SoloAction action : actions) {
            switch (action) {
                case SoloAction.Report report -> {
                    write(report.event());
                    events.accept(report.event());
                }
                case SoloAction.BlockFound found -> disk(() -> submit(found.solution()));
                case SoloAction.StopTemplates stop -> throw new BrokenInvariant("nobody asked the templates to stop");
            }
        }
    }

    private void disk(Runnable then) {
        diskFree = Math.max(diskFree, world.time().nanos())
                + world.faults().disk(chance).toNanos();
        world.time().atNanos(diskFree, then);
    }

    private void submit(BlockSolution solution) {
        BlockVerdict verdict =
                chain.submit(solution.block().orElseThrow(), world.time().instant());
        BrokenInvariant.require(
                verdict.outcome() != BlockVerdict.Outcome.REJECTED,
                "the chain rejects block %s: %s",
                solution.hash(),
                verdict.reason());
        feed(new SoloInput.TemplateReported(new TemplateEvent.BlockJudged(solution.number(), verdict)));
        look();
    }

    private void write(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.ChannelOpened opened -> {
                granted = opened.channel().extranonceSize();
                target = opened.channel().target();
            }
            case UpstreamEvent.TargetChanged changed -> target = changed.target();
            case UpstreamEvent.JobAnnounced announcement -> {
                UpstreamJob job = announcement.job();
                UpstreamJobs.Source source = new UpstreamJobs.Source(
                        UpstreamJobs.NO_LINK,
                        Bytes.concat(job.coinbasePrefix(), job.extranoncePrefix()),
                        granted,
                        job.coinbaseSuffix(),
                        job.merklePath(),
                        job.version(),
                        job.versionRollingAllowed());
                if (job.isFuture()) {
                    announced.put(job.jobId(), source);
                } else {
                    jobs.started(source, tip.prevHash(), tip.nbits(), Hashing.bound(target));
                }
            }
            case UpstreamEvent.TipChanged changed -> {
                tip = changed.tip();
                jobs.started(announced.remove(changed.jobId()), tip.prevHash(), tip.nbits(), Hashing.bound(target));
            }
            default -> {}
        }
    }
}
