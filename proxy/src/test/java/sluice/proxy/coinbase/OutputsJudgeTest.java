package sluice.proxy.coinbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.proxy.coinbase.AskedProvider.MINER;
import static sluice.proxy.coinbase.AskedProvider.template;
import static sluice.proxy.coinbase.AskedProvider.terms;
import static sluice.proxy.coinbase.AskedProvider.tip;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.InvalidValueException;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.coinbase.OutputsRefusal.Reason;
import sluice.upstream.template.CoinbaseReserve;

class OutputsJudgeTest {
    private static final CoinbaseReserve MUCH = new CoinbaseReserve(16_000, 320);

    private static Optional<Reason> refusal(CoinbaseReserve room, long reward, OutputsAnswer.Output... outputs) {
        return refusal(room, reward, List.of(outputs));
    }

    private static Optional<Reason> refusal(CoinbaseReserve room, long reward, List<OutputsAnswer.Output> outputs) {
        try {
            OutputsJudge.judge(
                    new OutputsAnswer(1, tip(1), reward, outputs), template(1, 1, reward), terms("ocean", room));
            return Optional.empty();
        } catch (OutputsJudge.Refused refused) {
            return Optional.of(refused.refusal().reason());
        }
    }

    private static OutputsAnswer.Output output(Bytes script, long value) {
        return new OutputsAnswer.Output(script.hex(), value);
    }

    @Test
    void outputsMayPayAllThatThereIsAndNotASatoshiMore() {
        assertThat(refusal(MUCH, 5_000, output(MINER, 2_000), output(MINER, 3_000)))
                .isEmpty();
        assertThat(refusal(MUCH, 5_000, output(MINER, 2_000), output(MINER, 3_001)))
                .contains(Reason.SUM_ABOVE_REWARD);
        assertThat(refusal(MUCH, 5_000, output(MINER, TxOut.MAX_MONEY), output(MINER, TxOut.MAX_MONEY)))
                .contains(Reason.SUM_ABOVE_REWARD);
    }

    @Test
    void everyKindOfAddressAndANoteWithoutValueIsPaid() {
        assertThat(refusal(
                        MUCH,
                        5_000,
                        output(Script.p2pkh(Bytes.zeros(20)), 1),
                        output(Script.p2sh(Bytes.zeros(20)), 1),
                        output(Script.p2wpkh(Bytes.zeros(20)), 1),
                        output(Script.p2wsh(Bytes.zeros(32)), 1),
                        output(Script.p2tr(Bytes.zeros(32)), 1),
                        output(Script.opReturn(Bytes.zeros(80)), 0)))
                .isEmpty();
        assertThat(refusal(MUCH, 5_000)).contains(Reason.NO_OUTPUTS);
    }

    @ParameterizedTest
    @CsvSource({
        "xyz, MALFORMED_SCRIPT",
        "001, MALFORMED_SCRIPT",
        "'', MALFORMED_SCRIPT",
        "51, NON_STANDARD_SCRIPT",
        "6a, BAD_OUTPUT_VALUE",
        "6a24aa21a9ed00, NON_STANDARD_SCRIPT",
        "5121020202020202020202020202020202020202020202020202020202020202020202ae, NON_STANDARD_SCRIPT",
    })
    void scriptsThatPayNobodyOrAnybodyAreRefused(String script, Reason reason) {
        assertThat(refusal(MUCH, 5_000, new OutputsAnswer.Output(script, 1))).contains(reason);
    }

    @Test
    void anOutputWithoutValueOrBelowItIsRefused() {
        assertThat(refusal(MUCH, 5_000, output(MINER, 0))).contains(Reason.BAD_OUTPUT_VALUE);
        assertThat(refusal(MUCH, 5_000, output(MINER, -1))).contains(Reason.BAD_OUTPUT_VALUE);
        assertThat(refusal(MUCH, 5_000, output(MINER, TxOut.MAX_MONEY + 1))).contains(Reason.BAD_OUTPUT_VALUE);
        assertThat(refusal(MUCH, 5_000, output(Script.opReturn(Bytes.zeros(81)), 0)))
                .contains(Reason.NON_STANDARD_SCRIPT);
    }

    @Test
    void thereAreNoMoreOutputsThanAsManyAsAreTaken() {
        assertThat(refusal(MUCH, 5_000, Collections.nCopies(OutputsJudge.MAX_OUTPUTS, output(MINER, 1))))
                .isEmpty();
        assertThat(refusal(MUCH, 5_000, Collections.nCopies(OutputsJudge.MAX_OUTPUTS + 1, output(MINER, 1))))
                .contains(Reason.TOO_MANY_OUTPUTS);
    }

    @Test
    void outputsKeepToTheRoomThatTheirProviderAskedFor() {
        assertThat(refusal(new CoinbaseReserve(62, 0), 5_000, output(MINER, 1), output(MINER, 1)))
                .isEmpty();
        assertThat(refusal(new CoinbaseReserve(61, 0), 5_000, output(MINER, 1), output(MINER, 1)))
                .contains(Reason.TOO_MANY_BYTES);
        Bytes legacy = Script.p2pkh(Bytes.zeros(20));
        assertThat(refusal(new CoinbaseReserve(1_000, 4), 5_000, output(legacy, 1)))
                .isEmpty();
        assertThat(refusal(new CoinbaseReserve(1_000, 3), 5_000, output(legacy, 1)))
                .contains(Reason.TOO_MANY_SIGOPS);
    }

    @Test
    void termsOutOfRangeAreNamed() {
        assertThat(terms("a.b-c_1", MUCH).room()).isEqualTo(MUCH);
        assertThatThrownBy(() -> terms("", MUCH)).hasMessageContaining("name");
        assertThatThrownBy(() -> terms("a".repeat(ProviderTerms.MAX_NAME_LENGTH + 1), MUCH))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> terms("a", new CoinbaseReserve(16_001, 0))).hasMessageContaining("max_output_bytes");
        assertThatThrownBy(() -> terms("a", new CoinbaseReserve(30, 0))).hasMessageContaining("max_output_bytes");
        assertThatThrownBy(() -> terms("a", new CoinbaseReserve(100, 321))).hasMessageContaining("max_sigops");
        assertThatThrownBy(() -> lasting(Bytes.EMPTY, Duration.ofMillis(99))).hasMessageContaining("deadline");
        assertThatThrownBy(() -> lasting(Bytes.EMPTY, Duration.ofMillis(30_001)))
                .hasMessageContaining("deadline");
        assertThat(lasting(Bytes.zeros(ProviderTerms.MAX_TAG_BYTES), Duration.ofSeconds(30))
                        .tag()
                        .length())
                .isEqualTo(ProviderTerms.MAX_TAG_BYTES);
        assertThatThrownBy(() -> lasting(Bytes.zeros(ProviderTerms.MAX_TAG_BYTES + 1), Duration.ofSeconds(1)))
                .hasMessageContaining("tag");
    }

    private static ProviderTerms lasting(Bytes tag, Duration deadline) {
        return new ProviderTerms("ocean", tag, OptionalDouble.empty(), deadline, MUCH);
    }
}
