package sluice.upstream.node;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.upstream.template.SoloSession;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateTransactions;

/**
 * What our blocks have in them beside the template, so that a node can be asked about one before it is found (BIP23).
 *
 * @param payoutScript output script that gets the whole reward
 * @param tag bytes that the coinbase shows
 */
public record NodeProposal(Bytes payoutScript, Bytes tag) {

    /** The block that would be found on {@code template}, but for its proof of work. */
    Bytes block(Template template) {
        Coinbase coinbase = template.coinbase().payingTo(payoutScript, tag, SoloSession.EXTRANONCE_SIZE);
        Bytes extranonce = Bytes.zeros(SoloSession.EXTRANONCE_SIZE);
        BlockHeader header = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(extranonce)),
                template.curTime(),
                template.tip().nbits(),
                0);
        List<Bytes> transactions =
                template.transactions().orElse(TemplateTransactions.NONE).raw();
        return Block.assemble(header, coinbase.full(extranonce), transactions);
    }
}
