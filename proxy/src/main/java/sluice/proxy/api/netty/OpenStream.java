package sluice.proxy.api.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import sluice.proxy.api.ApiStream;

/** Writes a stream as fast as its caller reads. Confined to the API's loop. */
final class OpenStream {
    /** What is taken of a stream at a time. */
    static final int BATCH_LIMIT = 32 * 1024;

    /** A line without meaning goes out so often, by which both sides see that the other is there. */
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final byte[] BEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ChannelHandlerContext context;
    private final ApiStream source;
    private final Runnable onStuck;
    private final AtomicBoolean woken = new AtomicBoolean();
    private ScheduledFuture<?> heartbeat;
    private boolean wasStuck;

    /** @param onStuck the caller has read nothing for longer than one heartbeat */
    OpenStream(ChannelHandlerContext context, ApiStream source, Runnable onStuck) {
        this.context = context;
        this.source = source;
        this.onStuck = onStuck;
    }

    void start(Instant now) {
        context.writeAndFlush(HttpAnswers.streaming(now));
        heartbeat = context.executor()
                .scheduleAtFixedRate(this::beat, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        source.start(this::wake);
        pump();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            context.executor().execute(() -> {
                woken.set(false);
                pump();
            });
        }
    }

    void pump() {
        boolean wrote = false;
        while (context.channel().isActive() && context.channel().isWritable()) {
            byte[] batch = source.take(BATCH_LIMIT);
            if (batch.length == 0) {
                break;
            }
            write(batch);
            wrote = true;
        }
        if (wrote) {
            context.flush();
        }
    }

    private void beat() {
        if (context.channel().isWritable()) {
            wasStuck = false;
            write(BEAT);
            context.flush();
        } else if (wasStuck) {
            onStuck.run();
        } else {
            wasStuck = true;
        }
    }

    private void write(byte[] bytes) {
        context.write(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
    }

    void stop() {
        heartbeat.cancel(false);
        source.stop();
    }
}
