package sluice.endtoend;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.CipherState;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.FrameOpener;
import sluice.protocol.sv2.noise.HandshakeResult;
import sluice.protocol.sv2.noise.NoiseHandshake;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.protocol.sv2.noise.TransportFrames;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;
import sluice.proxy.netty.Gateway;

/** An SV2 miner that hashes nothing unless it is told to and says, frame by frame or byte by byte, what a test wants it to say. */
final class RawSv2Miner implements AutoCloseable {
    private static final Secp256k1 ENGINE = Secp256k1.best();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RawConnection connection;
    private final CipherState send;
    private final FrameOpener receive;
    private final List<Sv2Message> heard = new ArrayList<>();

    private RawSv2Miner(RawConnection connection, HandshakeResult keys) {
        this.connection = connection;
        this.send = keys.send();
        this.receive = new FrameOpener(keys.receive());
    }

    /** How act 1 is written. */
    @FunctionalInterface
    interface Act1Writer {
        void write(RawConnection connection, byte[] act1) throws IOException;
    }

    /** A connection whose handshake is over. */
    static RawSv2Miner handshake(Gateway gateway) throws IOException {
        return handshake(gateway, freshKeys(), RawConnection::write);
    }

    static RawSv2Miner handshake(Gateway gateway, EllSwiftKeyPair ephemeral, Act1Writer writer) throws IOException {
        return handshake(gateway.address(), gateway.authorityKey(), ephemeral, writer);
    }

    private static RawSv2Miner handshake(
            InetSocketAddress address, AuthorityKey authority, EllSwiftKeyPair ephemeral, Act1Writer writer)
            throws IOException {
        RawConnection connection = new RawConnection(address);
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, ephemeral);
        writer.write(connection, initiator.act1());
        byte[] act2 = connection.read(NoiseHandshake.ACT2_LENGTH);
        return new RawSv2Miner(
                connection, initiator.readAct2(act2, new ServerTrust.SignedBy(authority), Instant.now()));
    }

    /** A connection that is set up. */
    static RawSv2Miner setUp(Gateway gateway) throws IOException {
        return setUp(gateway.address(), gateway.authorityKey());
    }

    static RawSv2Miner setUp(InetSocketAddress address, AuthorityKey authority) throws IOException {
        return setUp(address, authority, 0);
    }

    /** A connection that is set up with these flags. */
    static RawSv2Miner setUp(Gateway gateway, long flags) throws IOException {
        return setUp(gateway.address(), gateway.authorityKey(), flags);
    }

    private static RawSv2Miner setUp(InetSocketAddress address, AuthorityKey authority, long flags) throws IOException {
        RawSv2Miner miner = handshake(address, authority, freshKeys(), RawConnection::write);
        miner.send(setupConnection(flags));
        miner.receive(SetupConnectionSuccess.class);
        return miner;
    }

    static EllSwiftKeyPair freshKeys() {
        byte[] secret = new byte[Secp256k1.SECRET_KEY_LENGTH];
        byte[] auxiliary = new byte[Secp256k1.AUX_RANDOMNESS_LENGTH];
        RANDOM.nextBytes(secret);
        RANDOM.nextBytes(auxiliary);
        return EllSwiftKeyPair.create(ENGINE, secret, auxiliary);
    }

    static SetupConnection setupConnection() {
        return setupConnection(0);
    }

    static SetupConnection setupConnection(long flags) {
        return new SetupConnection(
                SetupConnection.MINING,
                SetupConnection.VERSION,
                SetupConnection.VERSION,
                flags,
                "127.0.0.1",
                3333,
                "raw",
                "",
                "1",
                "");
    }

    OpenStandardMiningChannelSuccess openStandard() throws IOException {
        send(new OpenStandardMiningChannel(1, "raw.standard", 0f, Target.MAX));
        return receive(OpenStandardMiningChannelSuccess.class);
    }

    OpenExtendedMiningChannelSuccess openExtended() throws IOException {
        send(new OpenExtendedMiningChannel(1, "raw.extended", 0f, Target.MAX, 4));
        return receive(OpenExtendedMiningChannelSuccess.class);
    }

    /** Opens an extended channel and has one share on it accepted: work comes by this connection. Answers the channel's id. */
    long work() throws IOException {
        OpenExtendedMiningChannelSuccess channel = openExtended();
        NewExtendedMiningJob job = receive(NewExtendedMiningJob.class);
        SetNewPrevHash tip = receive(SetNewPrevHash.class);
        MinerWork work = new MinerWork(
                Long.toString(job.jobId()),
                true,
                new MinerRoots.Rolled(
                        Bytes.concat(job.coinbaseTxPrefix(), channel.extranoncePrefix())
                                .toArray(),
                        channel.extranonceSize(),
                        job.coinbaseTxSuffix().toArray(),
                        job.merklePath().stream().map(hash -> hash.toArray()).toList()),
                tip.prevHash().toArray(),
                job.version(),
                0,
                tip.nbits(),
                tip.minNtime(),
                channel.target().toBigInteger());
        MinerWork.Found found = work.search(RANDOM.nextInt() & 0x7fff_ffffL);
        send(new SubmitSharesExtended(
                channel.channelId(),
                0,
                job.jobId(),
                found.nonce(),
                tip.minNtime(),
                job.version(),
                Bytes.of(found.rolled())));
        receive(SubmitSharesSuccess.class);
        return channel.channelId();
    }

    void send(Sv2Message message) throws IOException {
        send(message.toFrame());
    }

    /** Seals a plaintext frame and sends it. */
    void send(byte[] frame) throws IOException {
        connection.write(sealed(frame));
    }

    /** The ciphertext of a plaintext frame, which must be the next that is sent. */
    byte[] sealed(byte[] frame) {
        int payload = frame.length - Frame.HEADER_LENGTH;
        byte[] sealed = new byte[TransportFrames.sealedFrameLength(payload)];
        TransportFrames.seal(send, frame, 0, frame.length, sealed, 0);
        return sealed;
    }

    /** Seals a header alone, whatever length it announces, and sends it. */
    void sendHeader(FrameHeader header) throws IOException {
        byte[] plain = new byte[Frame.HEADER_LENGTH];
        header.copyTo(plain, 0);
        byte[] sealed = new byte[TransportFrames.SEALED_HEADER_LENGTH];
        send.encrypt(plain, 0, plain.length, sealed, 0);
        connection.write(sealed);
    }

    /** The next message of this type; those of other types in between are skipped. */
    <T extends Sv2Message> T receive(Class<T> type) throws IOException {
        while (true) {
            Sv2Message message = receive();
            heard.add(message);
            if (type.isInstance(message)) {
                return type.cast(message);
            }
        }
    }

    private Sv2Message receive() throws IOException {
        byte[] plainHeader = new byte[Frame.HEADER_LENGTH];
        int length = receive.openHeader(connection.read(receive.expectedLength()), 0, plainHeader, 0);
        byte[] payload = new byte[length];
        for (int filled = 0; !receive.atHeader(); ) {
            filled += receive.openChunk(connection.read(receive.expectedLength()), 0, payload, filled);
        }
        Frame frame = Frame.of(FrameHeader.parse(plainHeader, 0), Bytes.wrap(payload));
        return Sv2Codec.decode(frame).orElseThrow();
    }

    /** Every message so far, also those that were skipped. */
    List<Sv2Message> heard() {
        return List.copyOf(heard);
    }

    RawConnection connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
