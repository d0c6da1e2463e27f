package sluice.proxy.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import sluice.config.AddressRange;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.admission.Refusal;
import sluice.proxy.admission.Visitor;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.MinerSession;
import sluice.upstream.netty.HandshakeCompleted;
import sluice.upstream.netty.NoiseResponderHandler;

/**
 * A socket from the moment it is accepted until its miner's session takes over: who it is and whether it may stay, TLS where
 * the port speaks it, which protocol, and the handshake of SV2. Then it moves to a loop of miners, where its session begins.
 * One deadline holds for all but the handshake, which has the same again. Confined to the loop of the {@link Reception}.
 */
final class ArrivingMiner implements ProtocolDetector.Outcome {
    private final Reception reception;
    private final MinerPort port;
    private final Visitor visitor;
    private final SocketChannel socket;
    private final ProtocolDetector detector;
    private long connectionId;
    private MinerOrigin origin;
    private boolean admitted;
    private boolean moving;
    private boolean ended;

    ArrivingMiner(Reception reception, MinerPort port, Visitor visitor, SocketChannel socket) {
        this.reception = reception;
        this.port = port;
        this.visitor = visitor;
        this.socket = socket;
        this.detector = new ProtocolDetector(port.settings().handshakeTimeout(), this);
    }

    void start() {
        socket.closeFuture().addListener(closed -> {
            visitor.close(reception.clock().instant());
            if (!moving) {
                reception.left(this);
            }
        });
        InetAddress peer = socket.remoteAddress().getAddress();
        Optional<Refusal> refusal = visitor.open();
        if (refusal.isPresent()) {
            refuse(refusal.get(), Optional.of(peer));
        } else if (!port.settings().isBehindLoadBalancers()) {
            arrive(peer);
        } else if (!isLoadBalancer(peer)) {
            refuse(Refusal.NOT_A_LOAD_BALANCER, Optional.of(peer));
        } else {
            socket.pipeline().addLast(new ProxyHeaderHandler(new ProxyHeaderHandler.Outcome() {
                @Override
                public void onHeader(Optional<InetAddress> miner) {
                    // Without one it is the load balancer itself that connects, to see whether we are there.
                    arrive(miner.orElse(peer));
                }

                @Override
                public void onRefused(Refusal reason) {
                    refuse(reason, Optional.of(peer));
                }
            }));
            socket.pipeline().addLast(detector);
        }
    }

    private boolean isLoadBalancer(InetAddress peer) {
        for (AddressRange range : port.settings().proxies()) {
            if (range.contains(peer)) {
                return true;
            }
        }
        return false;
    }

    private void arrive(InetAddress miner) {
        Optional<Refusal> refusal =
                visitor.admit(miner, port.filter(), reception.clock().instant());
        if (refusal.isPresent()) {
            refuse(refusal.get(), Optional.of(miner));
            return;
        }
        admitted = true;
        origin = new MinerOrigin(miner, port.settings().name());
        connectionId = reception.nextConnectionId();
        reception
                .events()
                .publish(new GatewayEvent.MinerConnected(
                        reception.clock().instant(), connectionId, miner.getHostAddress(), origin.listener()));
        if (socket.pipeline().context(detector) == null) {
            socket.pipeline().addLast(detector);
        }
        port.tls()
                .ifPresent(tls -> socket.pipeline()
                        .addBefore(
                                socket.pipeline().context(detector).name(),
                                null,
                                tls.newHandler(
                                        socket.alloc(),
                                        reception.workers(),
                                        port.settings().handshakeTimeout())));
    }

    private void refuse(Refusal refusal, Optional<InetAddress> from) {
        reception.refused(refusal, from);
        detector.abandon();
        socket.close();
    }

    @Override
    public void onSv1() {
        moveIn(home -> {
            MinerConnection miner =
                    connection(home, reception.sessions().sv1(home.context(), connectionId, origin), false);
            socket.pipeline().addLast(new Sv1LineHandler(), miner);
            socket.config().setAutoRead(true);
            miner.feed(new MinerInput.Started());
            socket.pipeline().remove(detector);
        });
    }

    @Override
    public void onSv2() {
        socket.pipeline()
                .addLast(new NoiseResponderHandler(reception.handshakes(), reception.identity()), new AwaitHandshake());
        socket.pipeline().remove(detector);
    }

    private MinerConnection connection(MinerLoop home, MinerSession session, boolean encrypted) {
        return new MinerConnection(home, connectionId, port.settings().name(), visitor, session, encrypted);
    }

    /**
     * To a loop of miners, with all its handlers. What it sends meanwhile stays in the network.
     *
     * @param settle what is to be done there; nobody here touches the socket any more
     */
    private void moveIn(Consumer<MinerLoop> settle) {
        MinerLoop home = reception.nextHome();
        moving = true;
        reception.left(this);
        socket.config().setAutoRead(false);
        socket.deregister()
                .addListener(left -> home.loop().register(socket).addListener(arrival -> {
                    if (!arrival.isSuccess()) {
                        // Loops take everybody until they end.
                        end(new ConnectionEnd(Gateway.SHUTTING_DOWN, ""));
                        return;
                    }
                    if (!socket.isActive()) {
                        // This may be heard later than what becomes of the socket at its new loop.
                        end(new ConnectionEnd(MinerConnection.CLOSED_BY_MINER, ""));
                        return;
                    }
                    try {
                        settle.accept(home);
                    } catch (RuntimeException bug) {
                        onFailure(bug);
                        socket.close();
                    }
                }));
    }

    /** Closes the connection, as the gateway stops. */
    void shutDown() {
        if (admitted) {
            end(new ConnectionEnd(Gateway.SHUTTING_DOWN, ""));
        }
        detector.abandon();
        socket.close();
    }

    @Override
    public void onNeither(String reason) {
        end(new ConnectionEnd(reason, ""));
    }

    @Override
    public void onFailure(Throwable cause) {
        end(ConnectionEnd.of(cause, connectionId));
    }

    private void end(ConnectionEnd end) {
        if (ended) {
            return;
        }
        // What was first is the cause; the rest follows from it.
        ended = true;
        if (admitted) {
            reception
                    .events()
                    .publish(new GatewayEvent.MinerDisconnected(
                            reception.clock().instant(), connectionId, end.reason(), end.detail()));
        } else {
            reception.refused(
                    Refusal.PROXY_HEADER_MISSING,
                    Optional.of(socket.remoteAddress()).map(peer -> peer.getAddress()));
        }
    }

    /** Stands where the miner's connection will stand as soon as the handshake is over and the socket has moved. */
    private final class AwaitHandshake extends ChannelInboundHandlerAdapter {
        // What was read together with the end of the handshake: one read, and nothing more until the socket has moved.
        private final List<Object> early = new ArrayList<>();
        private boolean completed;

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof HandshakeCompleted) {
                completed = true;
                // Not from within the handler that says so: it has something left to do.
                ctx.executor().execute(() -> {
                    if (socket.isActive()) {
                        moveIn(home -> settle(ctx, home));
                    }
                });
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }

        private void settle(ChannelHandlerContext ctx, MinerLoop home) {
            MinerConnection miner =
                    connection(home, reception.sessions().sv2(home.context(), connectionId, origin), true);
            ctx.pipeline().addLast(miner);
            socket.config().setAutoRead(true);
            miner.feed(new MinerInput.Started());
            if (!early.isEmpty()) {
                early.forEach(ctx::fireChannelRead);
                ctx.fireChannelReadComplete();
            }
            ctx.pipeline().remove(this);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            early.add(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ConnectionEnd end = ConnectionEnd.of(cause, connectionId);
            // Who only knocks, or gives up, is no offender.
            boolean isOffence = completed && cause instanceof ProtocolViolation;
            Instant now = reception.clock().instant();
            end(
                    isOffence && Offence.leadsToBan(visitor, end.reason(), now, reception.events())
                            ? new ConnectionEnd(Refusal.ADDRESS_BANNED.reason(), end.reason())
                            : end);
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end(new ConnectionEnd(NoiseResponderHandler.CLOSED, ""));
        }
    }
}
