package sluice.proxy.declaration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.template.TemplateTransactions;

class KnownTransactionsTest {
    private final KnownTransactions known = new KnownTransactions();

    @Test
    void findsATransactionOfATemplateByItsWtxid() {
        Bytes legacy = transaction(1, 10, List.of());
        Bytes witnessed = transaction(2, 10, List.of(Bytes.fromHex("aa")));
        known.learn(template(legacy, witnessed));

        KnownTransaction first = known.find(Sha256d.of(legacy)).orElseThrow();
        KnownTransaction second = known.find(Sha256d.of(witnessed)).orElseThrow();

        assertThat(first.txid()).isEqualTo(first.wtxid());
        assertThat(second.txid()).isEqualTo(Transaction.parse(witnessed).txid()).isNotEqualTo(second.wtxid());
        assertThat(second.hasWitness()).isTrue();
        assertThat(second.weight()).isEqualTo(Transaction.parse(witnessed).weight());
        assertThat(known.find(Hash256.ZERO)).isEmpty();
    }

    @Test
    void forgetsWhatWasNotUsedForTheLongestTimeWhereThereAreTooMany() {
        for (int i = 0; i < KnownTransactions.MAX_TRANSACTIONS; i++) {
            known.learn(new KnownTransaction(Bytes.EMPTY, wtxid(i), wtxid(i), 240, false));
        }
        assertThat(known.find(wtxid(0))).isPresent();

        known.learn(new KnownTransaction(Bytes.EMPTY, wtxid(-1), wtxid(-1), 240, false));

        assertThat(known.size()).isEqualTo(KnownTransactions.MAX_TRANSACTIONS);
        assertThat(known.find(wtxid(0))).isPresent();
        assertThat(known.find(wtxid(1))).isEmpty();
    }

    @Test
    void forgetsWhatWasNotUsedForTheLongestTimeWhereTheyAreTooLong() {
        int each = KnownTransactions.MAX_BYTES / 8;
        Bytes raw = Bytes.zeros(each);
        for (int i = 0; i < 8; i++) {
            known.learn(new KnownTransaction(raw, wtxid(i), wtxid(i), 4 * each, false));
        }
        // One that is known already takes no more room.
        known.learn(new KnownTransaction(raw, wtxid(0), wtxid(0), 4 * each, false));
        assertThat(known.size()).isEqualTo(8);

        known.learn(new KnownTransaction(Bytes.zeros(1), wtxid(8), wtxid(8), 4, false));

        assertThat(known.find(wtxid(1))).isEmpty();
        assertThat(known.find(wtxid(0))).isPresent();
        assertThat(known.find(wtxid(8))).isPresent();
    }

    @Test
    void leavesTheOldestTemplateOutWhereNobodyAskedForLong() {
        List<Bytes> raw = new ArrayList<>();
        for (int i = 0; i <= KnownTransactions.MAX_WAITING_TEMPLATES; i++) {
            raw.add(transaction(i, 10, List.of()));
            known.learn(template(raw.getLast()));
        }

        assertThat(known.find(Sha256d.of(raw.getFirst()))).isEmpty();
        assertThat(known.find(Sha256d.of(raw.get(1)))).isPresent();
    }

    private static Hash256 wtxid(int number) {
        return Hash256.fromDisplay(String.format("%064x", number & 0xffffffffL));
    }

    private static Bytes transaction(int number, int scriptLength, List<Bytes> witness) {
        return new Transaction(
                        2,
                        List.of(new TxIn(wtxid(number), 0, Bytes.EMPTY, 0, witness)),
                        List.of(new TxOut(1, Bytes.zeros(scriptLength))),
                        0)
                .serialise();
    }

    private static TemplateTransactions template(Bytes... raw) {
        return new TemplateTransactions(List.of(raw), 0, OptionalLong.empty(), OptionalLong.empty());
    }
}
