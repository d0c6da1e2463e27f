package sluice.upstream.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.wire.Limits;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PoolInput;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.session.Sv2PoolSession;

/** One SV2 pool as a source of work: an {@link Sv2PoolSession} over Noise. Confined to its loop. */
public final class PoolConnection extends ReconnectingPool {
    private final NoiseDialler noise;
    private Consumer<CustomJobAnswer> answers;

    /**
     * @param loop where everything happens; also says which transport is used
     * @param handshakes runs the curve arithmetic; bounded
     * @param clock for deadlines and the certificate's validity
     */
    public PoolConnection(
            Sv2PoolAddress address,
            PoolSettings settings,
            EventLoop loop,
            Executor handshakes,
            InstantSource clock,
            SecureRandom random) {
        this(address, settings, loop, handshakes, clock, random, Dialling.ofSystem(random));
    }

    PoolConnection(
            Sv2PoolAddress address,
            PoolSettings settings,
            EventLoop loop,
            Executor handshakes,
            InstantSource clock,
            SecureRandom random,
            Dialling dialling) {
        super(
                settings.upstream(),
                new Endpoint(address.host(), address.port()),
                new Sv2PoolSession(settings),
                loop,
                clock,
                dialling);
        this.noise = NoiseDialler.to(
                address, handshakes, random, dialling.timeouts().handshake(), Limits.MINING_FROM_SERVER, clock);
    }

    /** As {@link #start(Consumer)}, for a pool at which we select the work; {@code to} hears its word on each custom job. */
    public void start(Consumer<UpstreamEvent> events, Consumer<CustomJobAnswer> to) {
        answers = to;
        start(events);
    }

    /** Asks the pool to take this job; its channel is filled in here, its request id comes back in the answer. */
    public void submit(SetCustomMiningJob job) {
        assert inEventLoop();
        if (!isClosed()) {
            feed(new PoolInput.CustomJobGiven(job));
        }
    }

    @Override
    void answered(CustomJobAnswer answer) {
        if (answer instanceof CustomJobAnswer.Taken) {
            succeeded();
        }
        answers.accept(answer);
    }

    @Override
    void install(ChannelPipeline pipeline, Endpoint dialled) {
        noise.install(pipeline);
    }
}
