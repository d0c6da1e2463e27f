package sluice.endtoend;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.proxy.netty.Gateway;
import sluice.upstream.template.Template;

/** A client at a pool's declaration port, which says what a test wants it to say. */
final class DeclaringClient implements AutoCloseable {
    private final NoiseSocket connection;
    private long requests;

    /** @param fullTemplate whether it says that it reveals its transactions */
    DeclaringClient(Gateway pool, boolean fullTemplate) throws IOException {
        this(pool.declarationAddress().orElseThrow(), pool.authorityKey(), fullTemplate);
    }

    DeclaringClient(InetSocketAddress address, AuthorityKey authority, boolean fullTemplate) throws IOException {
        connection = NoiseSocket.dial(address, authority);
        connection.send(new SetupConnection(
                SetupConnection.JOB_DECLARATION, 2, 2, fullTemplate ? 1 : 0, "127.0.0.1", 3334, "test", "", "", ""));
        receive(SetupConnectionSuccess.class);
    }

    /** A token and the outputs that it comes with. */
    AllocateMiningJobTokenSuccess allocate() throws IOException {
        connection.send(new AllocateMiningJobToken("declarer", ++requests));
        return receive(AllocateMiningJobTokenSuccess.class);
    }

    static List<TxOut> outputs(AllocateMiningJobTokenSuccess allocated) {
        return TxOut.parseList(allocated.coinbaseTxOutputs());
    }

    /** Declares the job that {@code coinbase} makes of {@code template}; answers the number of the request. */
    long declare(Template template, Coinbase coinbase, Bytes token) throws IOException {
        connection.send(new DeclareMiningJob(
                ++requests,
                token,
                template.version(),
                coinbase.witnessPrefix(),
                coinbase.witnessSuffix(),
                transactions(template).stream().map(Sha256d::of).toList(),
                template.coinbase().witnessReservedValue()));
        return requests;
    }

    void provide(long request, List<Integer> positions, Template template) throws IOException {
        connection.send(new ProvideMissingTransactionsSuccess(
                request, positions.stream().map(transactions(template)::get).toList()));
    }

    private static List<Bytes> transactions(Template template) {
        return template.transactions().orElseThrow().raw();
    }

    /** Looks for a block on the job and pushes it; answers its header. */
    BlockHeader push(Template template, Coinbase coinbase) throws IOException {
        Bytes extranonce = Bytes.zeros(coinbase.extranonceLength());
        BlockHeader header = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(extranonce)),
                template.curTime(),
                template.tip().nbits(),
                0);
        while (!header.meets(template.networkTarget())) {
            header = header.withNonce(header.nonce() + 1);
        }
        connection.send(new PushSolution(
                extranonce, header.prevHash(), header.nonce(), header.ntime(), header.nbits(), header.version()));
        return header;
    }

    /** The next message, which is of this type. */
    <T extends Sv2Message> T receive(Class<T> type) throws IOException {
        return type.cast(connection.receive());
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
