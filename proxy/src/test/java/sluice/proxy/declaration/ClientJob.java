package sluice.proxy.declaration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.Template;

/** A client's job: a template, the coinbase that the client made for it, and what the client says of both. */
final class ClientJob {
    static final int EXTRANONCE_LENGTH = 20;
    private static final Bytes TAG = Bytes.fromHex("2f7465737465722f");

    final Template template;
    final Coinbase coinbase;
    private final List<TxOut> outputs;
    private final long requestId;
    private final Bytes token;

    ClientJob(Template template, Bytes payoutScript, int extranonceLength) {
        this(template, outputs(template, payoutScript), extranonceLength, 0, Bytes.EMPTY);
    }

    private ClientJob(Template template, List<TxOut> outputs, int extranonceLength, long requestId, Bytes token) {
        this.template = template;
        this.outputs = outputs;
        this.requestId = requestId;
        this.token = token;
        Coinbase.Builder builder = Coinbase.builder()
                .version(template.coinbase().version())
                .sequence(template.coinbase().sequence())
                .lockTime(template.coinbase().lockTime())
                .scriptSigPrefix(template.coinbase().scriptSigPrefix())
                .tag(TAG)
                .extranonceLength(extranonceLength)
                .outputs(outputs);
        this.coinbase = template.coinbase().witnessReservedValue().isEmpty()
                ? builder.build()
                : builder.witnessReservedValue(template.coinbase().witnessReservedValue())
                        .build();
    }

    private static List<TxOut> outputs(Template template, Bytes payoutScript) {
        List<TxOut> outputs = new ArrayList<>();
        outputs.add(new TxOut(template.coinbase().value(), payoutScript));
        outputs.addAll(template.coinbase().requiredOutputs());
        return outputs;
    }

    ClientJob with(long request, Bytes otherToken) {
        return new ClientJob(template, outputs, coinbase.extranonceLength(), request, otherToken);
    }

    /** The same job whose coinbase has these outputs in front of the template's. */
    ClientJob paying(TxOut... first) {
        List<TxOut> all = new ArrayList<>(List.of(first));
        all.addAll(template.coinbase().requiredOutputs());
        return new ClientJob(template, all, coinbase.extranonceLength(), requestId, token);
    }

    List<Bytes> transactions() {
        return template.transactions().orElseThrow().raw();
    }

    List<Hash256> wtxids() {
        return transactions().stream().map(Sha256d::of).toList();
    }

    DeclareMiningJob declaration() {
        return declaration(coinbase.witnessPrefix(), coinbase.witnessSuffix(), wtxids());
    }

    DeclareMiningJob declaration(Bytes prefix, Bytes suffix, List<Hash256> wtxids) {
        return new DeclareMiningJob(
                requestId,
                token,
                template.version(),
                prefix,
                suffix,
                wtxids,
                template.coinbase().witnessReservedValue());
    }

    /** The job as the pool hears of it, with the token that the declaration was answered with. */
    SetCustomMiningJob custom(Bytes newToken) {
        // Behind version, count, outpoint and the script's length.
        int scriptAt = 4 + 1 + 36 + 1;
        return new SetCustomMiningJob(
                1,
                requestId,
                newToken,
                template.version(),
                template.tip().prevHash(),
                template.curTime(),
                template.tip().nbits(),
                template.coinbase().version(),
                coinbase.prefix().slice(scriptAt, coinbase.prefix().length()),
                template.coinbase().sequence(),
                TxOut.serialiseList(outputs),
                template.coinbase().lockTime(),
                template.merklePath().siblings());
    }

    /** The block that this job is with the extranonce that begins so. */
    BlockSolution solution(String extranonceStart) {
        Bytes start = Bytes.fromHex(extranonceStart);
        Bytes extranonce = Bytes.concat(start, Bytes.zeros(coinbase.extranonceLength() - start.length()));
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
        Bytes full = coinbase.full(extranonce);
        return new BlockSolution(
                1,
                template.id(),
                template.height(),
                header.hash(),
                header,
                full,
                Optional.of(Block.assemble(header, full, transactions())),
                "miner");
    }

    /** That block as a client pushes it. */
    PushSolution push(String extranonceStart) {
        BlockHeader header = solution(extranonceStart).header();
        Bytes start = Bytes.fromHex(extranonceStart);
        return new PushSolution(
                Bytes.concat(start, Bytes.zeros(coinbase.extranonceLength() - start.length())),
                header.prevHash(),
                header.nonce(),
                header.ntime(),
                header.nbits(),
                header.version());
    }
}
