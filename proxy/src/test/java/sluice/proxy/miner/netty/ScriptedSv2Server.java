package sluice.proxy.miner.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.Limits;
import sluice.upstream.netty.CertificateIssuer;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.NoiseResponderHandler;
import sluice.upstream.netty.Transport;

/** A small SV2 server on loopback: one job for every channel; it verifies each share and acknowledges them in batches. */
final class ScriptedSv2Server implements AutoCloseable {
    static final int BATCH = 4;

    private static final long CHANNEL = 2;
    private static final long GROUP = 1;
    private static final Target TARGET = Target.fromHex("00ff" + "ff".repeat(30));
    private static final Bytes EXTRANONCE_PREFIX = Bytes.fromHex("0102030405060708");
    private static final int EXTRANONCE_SIZE = 4;
    private static final Hash256 MERKLE_ROOT = Hash256.fromHex("59369c65".repeat(8));
    private static final Hash256 PREV_HASH = Hash256.fromHex("17cd4886".repeat(8));
    private static final Bytes COINBASE_PREFIX = Bytes.fromHex("020000000100");
    private static final Bytes COINBASE_SUFFIX = Bytes.fromHex("ffffffff");
    private static final long VERSION = 0x20000000L;
    private static final long NBITS = 0x1b00d7c0L;
    private static final long NTIME = 0x680be961L;

    final List<Float> nominalHashRates = new CopyOnWriteArrayList<>();
    final List<Boolean> verdicts = new CopyOnWriteArrayList<>();

    private final Secp256k1 engine = Secp256k1.best();
    private final EphemeralKeys keys = new EphemeralKeys(engine, new SecureRandom());
    private final AuthoritySecretKey authority;
    private final ExecutorService workers = HandshakeWorkers.start(1);
    private final Channel listening;

    ScriptedSv2Server(EventLoopGroup loops) {
        byte[] secret = new byte[AuthoritySecretKey.LENGTH];
        secret[0] = 7;
        authority = AuthoritySecretKey.of(secret);
        CertificateIssuer issuer = new CertificateIssuer(
                engine, authority, keys.get(), Duration.ofHours(1), InstantSource.system(), new SecureRandom());
        listening = new ServerBootstrap()
                .group(loops)
                .channel(Transport.best().serverSocketChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        HandshakeSettings settings = new HandshakeSettings(
                                engine, keys, workers, Duration.ofSeconds(10), Limits.MINING_FROM_CLIENT);
                        channel.pipeline().addLast(new NoiseResponderHandler(settings, issuer), new Session());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    AuthorityKey authorityKey() {
        return authority.publicKey(engine);
    }

    @Override
    public void close() {
        listening.close().syncUninterruptibly();
        workers.shutdownNow();
    }

    private final class Session extends SimpleChannelInboundHandler<Frame> {
        private int unacknowledged;
        private long lastGood;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
            switch (Sv2Codec.decode(frame).orElseThrow()) {
                case SetupConnection setup -> ctx.writeAndFlush(new SetupConnectionSuccess(2, 0));
                case OpenStandardMiningChannel open -> {
                    nominalHashRates.add(open.nominalHashRate());
                    ctx.write(new OpenStandardMiningChannelSuccess(
                            open.requestId(), CHANNEL, TARGET, EXTRANONCE_PREFIX, GROUP));
                    ctx.write(new NewMiningJob(CHANNEL, 1, OptionalLong.empty(), VERSION, MERKLE_ROOT));
                    ctx.writeAndFlush(new SetNewPrevHash(CHANNEL, 1, PREV_HASH, NTIME, NBITS));
                }
                case OpenExtendedMiningChannel open -> {
                    nominalHashRates.add(open.nominalHashRate());
                    ctx.write(new OpenExtendedMiningChannelSuccess(
                            open.requestId(), CHANNEL, TARGET, EXTRANONCE_SIZE, EXTRANONCE_PREFIX, GROUP));
                    ctx.write(new NewExtendedMiningJob(
                            GROUP,
                            1,
                            OptionalLong.empty(),
                            VERSION,
                            true,
                            List.of(MERKLE_ROOT),
                            COINBASE_PREFIX,
                            COINBASE_SUFFIX));
                    ctx.writeAndFlush(new SetNewPrevHash(GROUP, 1, PREV_HASH, NTIME, NBITS));
                }
                case SubmitSharesStandard share ->
                    judge(
                            ctx,
                            share.sequenceNumber(),
                            new BlockHeader(
                                    share.version(), PREV_HASH, MERKLE_ROOT, share.ntime(), NBITS, share.nonce()));
                case SubmitSharesExtended share -> {
                    Hash256 coinbase =
                            Sha256d.of(COINBASE_PREFIX, EXTRANONCE_PREFIX, share.extranonce(), COINBASE_SUFFIX);
                    judge(
                            ctx,
                            share.sequenceNumber(),
                            new BlockHeader(
                                    share.version(),
                                    PREV_HASH,
                                    MerklePath.of(List.of(MERKLE_ROOT)).root(coinbase),
                                    share.ntime(),
                                    NBITS,
                                    share.nonce()));
                }
                default -> throw new AssertionError("no miner sends " + frame);
            }
        }

        // Every seventh share is refused whatever it is, between batches that leave it out.
        private void judge(ChannelHandlerContext ctx, long sequenceNumber, BlockHeader header) {
            boolean good = header.meets(TARGET) && sequenceNumber % 7 != 0;
            verdicts.add(good);
            if (!good) {
                ctx.writeAndFlush(new SubmitSharesError(
                        CHANNEL, sequenceNumber, header.meets(TARGET) ? "duplicate-share" : "difficulty-too-low"));
                return;
            }
            lastGood = sequenceNumber;
            unacknowledged++;
            if (unacknowledged == BATCH) {
                acknowledge(ctx);
            } else {
                // A batch that does not fill up is acknowledged all the same.
                ctx.executor().execute(() -> acknowledge(ctx));
            }
        }

        private void acknowledge(ChannelHandlerContext ctx) {
            if (unacknowledged > 0) {
                ctx.writeAndFlush(new SubmitSharesSuccess(CHANNEL, lastGood, unacknowledged, unacknowledged));
                unacknowledged = 0;
            }
        }
    }
}
