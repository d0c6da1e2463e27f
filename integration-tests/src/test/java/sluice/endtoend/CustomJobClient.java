package sluice.endtoend;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.proxy.netty.Gateway;
import sluice.upstream.template.Template;

/** A client with one channel that makes its jobs itself of templates that a test gives it, and finds shares of them. */
final class CustomJobClient implements AutoCloseable {
    private static final long SELECTS_WORK_AND_ROLLS_VERSIONS = 6;
    /** Version, count of inputs, outpoint, length of the script. */
    private static final int SCRIPT_SIG_AT = 4 + 1 + 36 + 1;

    private final RawSv2Miner connection;
    private final OpenExtendedMiningChannelSuccess channel;
    private final Bytes payoutScript;
    private long requests;
    private long sequence;
    private long nonce;

    /** What a share is looked for on. */
    record Mined(SetCustomMiningJob request, Coinbase coinbase, long jobId) {}

    CustomJobClient(Gateway gateway, Bytes payoutScript) throws IOException {
        this.payoutScript = payoutScript;
        this.connection = RawSv2Miner.setUp(gateway, SELECTS_WORK_AND_ROLLS_VERSIONS);
        this.channel = connection.openExtended();
    }

    int extranonceSize() {
        return channel.extranoncePrefix().length() + channel.extranonceSize();
    }

    /** Makes a job of {@code template} and has it taken. */
    Mined mine(Template template, Bytes token) throws IOException {
        Coinbase coinbase = template.coinbase().payingTo(payoutScript, Bytes.EMPTY, extranonceSize());
        SetCustomMiningJob request = request(template, coinbase, token);
        connection.send(request);
        SetCustomMiningJobSuccess success = connection.receive(SetCustomMiningJobSuccess.class);
        return new Mined(request, coinbase, success.jobId());
    }

    private SetCustomMiningJob request(Template template, Coinbase coinbase, Bytes token) {
        List<TxOut> outputs = Transaction.parse(coinbase.stripped(Bytes.zeros(extranonceSize())))
                .outputs();
        return new SetCustomMiningJob(
                channel.channelId(),
                ++requests,
                token,
                template.version(),
                template.tip().prevHash(),
                template.curTime(),
                template.tip().nbits(),
                template.coinbase().version(),
                coinbase.prefix().slice(SCRIPT_SIG_AT, coinbase.prefix().length()),
                template.coinbase().sequence(),
                TxOut.serialiseList(outputs),
                template.coinbase().lockTime(),
                template.merklePath().siblings());
    }

    /** Sends a share that is no block; answers its sequence number. */
    long sendShare(Mined job) throws IOException {
        return send(job, false);
    }

    /** Sends a block; answers its sequence number. */
    long sendBlock(Mined job) throws IOException {
        return send(job, true);
    }

    private long send(Mined job, boolean block) throws IOException {
        SetCustomMiningJob request = job.request();
        Bytes rolled = Bytes.zeros(channel.extranonceSize());
        byte[] root = IndependentHash.merkleRoot(
                job.coinbase()
                        .stripped(Bytes.concat(channel.extranoncePrefix(), rolled))
                        .toArray(),
                request.merklePath().stream().map(Hash256::toArray).toList());
        BigInteger network = Target.ofCompact(request.nbits()).toBigInteger();
        BigInteger own = channel.target().toBigInteger();
        while (true) {
            BigInteger hash = IndependentHash.number(IndependentHash.header(
                    request.version(),
                    request.prevHash().toArray(),
                    root,
                    request.minNtime(),
                    request.nbits(),
                    ++nonce));
            boolean isBlock = hash.compareTo(network) <= 0;
            if (isBlock == block && (isBlock || hash.compareTo(own) <= 0)) {
                break;
            }
        }
        connection.send(new SubmitSharesExtended(
                channel.channelId(), ++sequence, job.jobId(), nonce, request.minNtime(), request.version(), rolled));
        return sequence;
    }

    <T extends Sv2Message> T receive(Class<T> type) throws IOException {
        return connection.receive(type);
    }

    List<Sv2Message> heard() {
        return connection.heard();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
