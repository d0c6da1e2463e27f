package sluice.proxy.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.Optional;
import sluice.config.AddressRange;
import sluice.proxy.admission.Refusal;
import sluice.proxy.admission.Visitor;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.session.MinerInput;
import sluice.upstream.netty.HandshakeCompleted;
import sluice.upstream.netty.NoiseResponderHandler;

/**
 * A socket from the moment it is accepted until its miner's session takes over: who it is and whether it may stay, TLS where
 * the port speaks it, and which protocol. One deadline holds for all of that. Confined to the socket's loop.
 */
final class ArrivingMiner implements ProtocolDetector.Outcome {
    private final Reception reception;
    private final MinerPort port;
    private final MinerLoop home;
    private final Visitor visitor;
    private final SocketChannel socket;
    private final ProtocolDetector detector;
    private long connectionId;
    private MinerOrigin origin;
    private boolean admitted;

    ArrivingMiner(Reception reception, MinerPort port, MinerLoop home, Visitor visitor, SocketChannel socket) {
        this.reception = reception;
        this.port = port;
        this.home = home;
        this.visitor = visitor;
        this.socket = socket;
        this.detector = new ProtocolDetector(port.settings().handshakeTimeout(), this);
    }

    void start() {
        socket.closeFuture().addListener(closed -> visitor.close(home.clock().instant()));
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
                visitor.admit(miner, port.filter(), home.clock().instant());
        if (refusal.isPresent()) {
            refuse(refusal.get(), Optional.of(miner));
            return;
        }
        admitted = true;
        origin = new MinerOrigin(miner, port.settings().name());
        connectionId = reception.nextConnectionId();
        home.events()
                .publish(new GatewayEvent.MinerConnected(
                        home.clock().instant(), connectionId, miner.getHostAddress(), origin.listener()));
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
        home.refused(refusal, from);
        detector.abandon();
        socket.close();
    }

    @Override
    public void onSv1(ChannelHandlerContext ctx) {
        MinerConnection miner = new MinerConnection(
                home,
                connectionId,
                port.settings().name(),
                visitor,
                reception.sessions().sv1(home.context(), connectionId, origin),
                false);
        ctx.pipeline().addLast(new Sv1LineHandler(), miner);
        miner.feed(new MinerInput.Started());
    }

    @Override
    public void onSv2(ChannelHandlerContext ctx) {
        ctx.pipeline()
                .addLast(new NoiseResponderHandler(reception.handshakes(), reception.identity()), new AwaitHandshake());
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
        if (admitted) {
            home.events()
                    .publish(new GatewayEvent.MinerDisconnected(
                            home.clock().instant(), connectionId, end.reason(), end.detail()));
        } else {
            home.refused(
                    Refusal.PROXY_HEADER_MISSING,
                    Optional.of(socket.remoteAddress()).map(peer -> peer.getAddress()));
        }
    }

    /** Stands where the miner's connection will stand as soon as the handshake is over. */
    private final class AwaitHandshake extends ChannelInboundHandlerAdapter {
        // What was first is the cause; the rest follows from it.
        private ConnectionEnd end;

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof HandshakeCompleted) {
                MinerConnection miner = new MinerConnection(
                        home,
                        connectionId,
                        port.settings().name(),
                        visitor,
                        reception.sessions().sv2(home.context(), connectionId, origin),
                        true);
                ctx.pipeline().replace(this, null, miner);
                miner.feed(new MinerInput.Started());
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (end == null) {
                end = ConnectionEnd.of(cause, connectionId);
            }
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end(end == null ? new ConnectionEnd(NoiseResponderHandler.CLOSED, "") : end);
        }

        private void end(ConnectionEnd how) {
            ArrivingMiner.this.end(how);
        }
    }
}
