package sluice.proxy.api.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiGate;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiTally;
import sluice.proxy.netty.TlsIdentity;

/**
 * One connection of a caller: requests are read one at a time, and the next only when the answer of the last is out.
 * Confined to the API's loop.
 */
final class ApiConnection extends ChannelInboundHandlerAdapter {
    /** Callers' connections; one more is closed at once. */
    static final int MAX_CONNECTIONS = 64;

    /** Of a request's first line. */
    static final int MAX_REQUEST_LINE_BYTES = 8_192;

    /** Of all headers of a request. */
    static final int MAX_HEADER_BYTES = 16_384;

    /** Of a request's body. */
    static final int MAX_BODY_BYTES = 256 * 1024;

    private static final Duration TLS_TIMEOUT = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(ApiConnection.class);

    private final ApiGate gate;
    private final ApiTally tally;
    private final ApiDeadlines deadlines;
    private final InstantSource clock;
    private final boolean encrypted;
    // No more than one read of the socket brought.
    private final Queue<Object> waiting = new ArrayDeque<>();
    private ChannelHandlerContext context;
    private ScheduledFuture<?> deadline;
    // Of the request that is being read or answered.
    private ApiGate.Decision decision;
    private ByteArrayOutputStream body;
    private boolean keepAlive;
    private boolean answering;
    // What was refused before it had come whole: the rest of it means nothing any more.
    private boolean unread;
    private boolean lingering;
    private Optional<OpenStream> stream = Optional.empty();

    private ApiConnection(
            ApiGate gate, ApiTally tally, ApiDeadlines deadlines, InstantSource clock, boolean encrypted) {
        this.gate = gate;
        this.tally = tally;
        this.deadlines = deadlines;
        this.clock = clock;
        this.encrypted = encrypted;
    }

    /** Makes of an accepted socket a connection of the API. */
    static void install(
            Channel accepted,
            ApiGate gate,
            ApiTally tally,
            ApiDeadlines deadlines,
            InstantSource clock,
            Optional<TlsIdentity> tls) {
        tls.ifPresent(identity ->
                accepted.pipeline().addLast(identity.newHandler(accepted.alloc(), Runnable::run, TLS_TIMEOUT)));
        accepted.pipeline()
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)))
                .addLast(new ApiConnection(gate, tally, deadlines, clock, tls.isPresent()));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        within(deadlines.request(), () -> abort("slow-request"));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelDeadline();
        stream.ifPresent(OpenStream::stop);
        stream = Optional.empty();
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        waiting.add(message);
        takeWaiting();
    }

    private void takeWaiting() {
        while (!answering && !waiting.isEmpty()) {
            take(waiting.remove());
        }
        // What has been read already waits here, and no more is read meanwhile.
        context.channel().config().setAutoRead(!answering);
    }

    private void take(Object message) {
        try {
            if (lingering) {
                return;
            }
            if (stream.isPresent()) {
                // Who listens to a stream has nothing to ask on the same connection.
                if (message instanceof HttpRequest) {
                    abort("request-behind-stream");
                }
                return;
            }
            if (message instanceof HttpRequest request) {
                onHead(request);
            }
            if (message instanceof HttpContent content && decision != null) {
                onContent(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(HttpRequest request) {
        cancelDeadline();
        body = new ByteArrayOutputStream(0);
        keepAlive = HttpUtil.isKeepAlive(request);
        try {
            HttpHeads.requireReadable(request);
            boolean hasBody = HttpHeads.hasBody(request, MAX_BODY_BYTES);
            decision = gate.admit(HttpHeads.of(request, hasBody, encrypted, remote()), clock.instant());
            if (decision instanceof ApiGate.Decision.Refused(var answer) && hasBody) {
                // What follows is not read, so nothing can be said of where the next request would begin.
                refuseAndClose(answer);
                return;
            }
        } catch (ApiFault fault) {
            tally.refused(fault.problem().code());
            refuseAndClose(ApiAnswer.problem(fault.problem()));
            return;
        }
        within(deadlines.request(), this::onSlowBody);
        if (HttpUtil.is100ContinueExpected(request)) {
            context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void onContent(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            abandon(ApiProblem.badRequest("the body's chunks are malformed"));
            return;
        }
        int more = content.content().readableBytes();
        if (body.size() + more > MAX_BODY_BYTES) {
            abandon(HttpHeads.tooLarge(MAX_BODY_BYTES));
            return;
        }
        byte[] bytes = new byte[more];
        content.content().readBytes(bytes);
        body.writeBytes(bytes);
        if (content instanceof LastHttpContent) {
            onRequest();
        }
    }

    private void onRequest() {
        answering = true;
        cancelDeadline();
        switch (decision) {
            case ApiGate.Decision.Refused(var answer) -> send(answer, false);
            case ApiGate.Decision.Admitted(var call) -> answer(call);
        }
    }

    private void answer(ApiGate.Call call) {
        within(deadlines.answer(), () -> {
            keepAlive = false;
            send(call.abandoned(ApiProblem.unavailable("it had no answer in time")), call.wantsHeadOnly());
        });
        ApiGate.Decision asked = decision;
        call.answer(body.toByteArray()).whenComplete((answer, never) -> {
            if (context.executor().inEventLoop()) {
                onAnswer(asked, answer, call.wantsHeadOnly());
            } else {
                context.executor().execute(() -> onAnswer(asked, answer, call.wantsHeadOnly()));
            }
        });
    }

    private void onAnswer(ApiGate.Decision asked, ApiAnswer answer, boolean headOnly) {
        // Too late, or for nobody.
        if (decision != asked || !context.channel().isActive()) {
            if (answer instanceof ApiAnswer.Stream open) {
                open.source().stop();
            }
            return;
        }
        send(answer, headOnly);
    }

    private void send(ApiAnswer answer, boolean headOnly) {
        decision = null;
        body = null;
        if (answer instanceof ApiAnswer.Stream open && !headOnly) {
            cancelDeadline();
            stream = Optional.of(new OpenStream(context, open.source(), () -> abort("slow-reader")));
            stream.get().start(clock.instant());
            // Only who reads learns that the other side is gone.
            goOn();
            return;
        }
        within(deadlines.write(), () -> abort("slow-reader"));
        boolean goesOn = keepAlive;
        context.writeAndFlush(HttpAnswers.of(answer, headOnly, goesOn, clock.instant()))
                .addListener((ChannelFutureListener) written -> {
                    if (written.isSuccess() && unread) {
                        linger();
                    } else if (!written.isSuccess() || !goesOn) {
                        context.close();
                    } else {
                        onWritten();
                    }
                });
    }

    private void onWritten() {
        within(deadlines.idle(), context::close);
        goOn();
    }

    private void goOn() {
        answering = false;
        takeWaiting();
    }

    // Bytes that nobody has read when a socket closes make the kernel reset it, and the answer may be lost on the way.
    private void linger() {
        lingering = true;
        within(deadlines.linger(), context::close);
        if (context.channel() instanceof DuplexChannel duplex && !encrypted) {
            duplex.shutdownOutput();
        }
        goOn();
    }

    private void onSlowBody() {
        abandon(ApiProblem.of(
                408,
                "slow-request",
                "The request did not come whole in time",
                "send it within " + deadlines.request().toSeconds() + " seconds"));
    }

    private void abandon(ApiProblem problem) {
        ApiAnswer answer = switch (decision) {
            case ApiGate.Decision.Refused(var refused) -> refused;
            case ApiGate.Decision.Admitted(var call) -> call.abandoned(problem);
        };
        refuseAndClose(answer);
    }

    private void refuseAndClose(ApiAnswer answer) {
        answering = true;
        keepAlive = false;
        unread = true;
        send(answer, false);
    }

    private void abort(String reason) {
        tally.refused(reason);
        context.close();
    }

    private void within(Duration time, Runnable otherwise) {
        cancelDeadline();
        deadline = context.executor().schedule(otherwise, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private String remote() {
        return context.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unix";
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        stream.ifPresent(OpenStream::pump);
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Broken TLS, a reset: what a caller does to itself is no news. What we do wrong is.
        if (cause instanceof RuntimeException && !(cause instanceof DecoderException)) {
            LOG.error("a connection of the API failed", cause);
        }
        abort("broken-connection");
    }
}
