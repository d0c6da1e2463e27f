package sluice.proxy.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import sluice.proxy.session.StrangersTime;

/**
 * Where what strangers say waits its turn: connections by which no work has come yet share a part of their loop's time, first
 * come, first served, and those that mine never wait for more than a slice of it. One for each loop, and confined to it.
 */
final class Lobby {
    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final StrangersTime time;
    // At most one entry for each connection of the loop.
    private final Queue<Door> waiting = new ArrayDeque<>();
    private boolean scheduled;

    /** @param nanoTime as {@link System#nanoTime} */
    Lobby(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.time = new StrangersTime(nanoTime.getAsLong());
    }

    /** For the front of a new connection's pipeline. */
    Door newDoor() {
        return new Door();
    }

    private void join(Door door) {
        waiting.add(door);
        schedule();
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            // A scheduled task, unlike another, lets the loop look at its sockets first.
            loop.schedule(this::serve, Math.max(1, time.untilMore(nanoTime.getAsLong())), TimeUnit.NANOSECONDS);
        }
    }

    private void serve() {
        scheduled = false;
        while (!waiting.isEmpty() && time.untilMore(nanoTime.getAsLong()) <= 0) {
            waiting.remove().serve();
        }
        if (!waiting.isEmpty()) {
            schedule();
        }
    }

    /** What comes by one connection passes here: at once if it has {@link #open opened}, else when it is its turn. */
    final class Door extends ChannelInboundHandlerAdapter {
        // A slice of what is read, and seldom a second one: while one waits, no more is read.
        private final Queue<Object> held = new ArrayDeque<>(1);
        private ChannelHandlerContext context;
        private boolean open;

        /** Work came by this connection: it waits no more. */
        void open() {
            open = true;
            if (!held.isEmpty()) {
                // Not now: whoever calls may be in the middle of what it does for this connection.
                loop.execute(this::serve);
            }
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!held.isEmpty() || !open && time.untilMore(nanoTime.getAsLong()) > 0) {
                hold(message);
            } else {
                pass(message);
            }
        }

        private void hold(Object message) {
            context.channel().config().setAutoRead(false);
            held.add(message);
            if (held.size() == 1) {
                join(this);
            }
        }

        private void pass(Object message) {
            if (open) {
                context.fireChannelRead(message);
                return;
            }
            long from = nanoTime.getAsLong();
            context.fireChannelRead(message);
            long now = nanoTime.getAsLong();
            time.spent(now - from, now);
        }

        private void serve() {
            if (held.isEmpty()) {
                return;
            }
            // Before what waits is passed on: it may be what makes someone behind us stop reading.
            context.channel().config().setAutoRead(true);
            passAll();
            context.fireChannelReadComplete();
        }

        private void passAll() {
            for (Object message = held.poll(); message != null; message = held.poll()) {
                pass(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            // It came before the end.
            passAll();
            ctx.fireChannelInactive();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            for (Object message = held.poll(); message != null; message = held.poll()) {
                ReferenceCountUtil.release(message);
            }
        }
    }
}
