package sluice.protocol.sv2.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.Limits;

/** The limits of the wire are those of the field tables. */
class LargestPayloadsTest {
    private static final String STR = "x".repeat(255);
    private static final Bytes B0_255 = Bytes.zeros(255);
    private static final Bytes B0_64K = Bytes.zeros(65535);
    private static final List<Hash256> PATH = Collections.nCopies(255, Hash256.ZERO);

    @Test
    void setupConnection() {
        SetupConnection largest = new SetupConnection(0, 2, 2, 0, STR, 1, STR, STR, STR, STR);
        assertThat(payloadLength(largest)).isEqualTo(Limits.SETUP - Limits.TLV_ALLOWANCE);
    }

    @Test
    void miningFromClient() {
        SetCustomMiningJob largest =
                new SetCustomMiningJob(1, 1, B0_255, 0, Hash256.ZERO, 0, 0, 2, B0_255, 0, B0_64K, 0, PATH);
        assertThat(payloadLength(largest)).isEqualTo(Limits.MINING_FROM_CLIENT - Limits.TLV_ALLOWANCE);
    }

    @Test
    void miningFromServer() {
        SetGroupChannel largest = new SetGroupChannel(1, Collections.nCopies(65535, 1L));
        assertThat(payloadLength(largest)).isEqualTo(Limits.MINING_FROM_SERVER - Limits.TLV_ALLOWANCE);
        NewExtendedMiningJob job = new NewExtendedMiningJob(1, 1, OptionalLong.of(1), 0, true, PATH, B0_64K, B0_64K);
        assertThat(payloadLength(job)).isEqualTo(139_253);
    }

    @Test
    void jobDeclarationFromServer() {
        ProvideMissingTransactions largest = new ProvideMissingTransactions(1, Collections.nCopies(65535, 1));
        assertThat(payloadLength(largest)).isEqualTo(Limits.JOB_DECLARATION_FROM_SERVER - Limits.TLV_ALLOWANCE);
    }

    @Test
    void jobDeclarationFromClient() {
        DeclareMiningJob largest =
                new DeclareMiningJob(1, B0_255, 0, B0_64K, B0_64K, Collections.nCopies(65535, Hash256.ZERO), B0_64K);
        assertThat(payloadLength(largest)).isEqualTo(2_293_997).isLessThan(Limits.JOB_DECLARATION_FROM_CLIENT);
    }

    @Test
    void templateDistribution() {
        SubmitSolution largest = new SubmitSolution(1, 0, 0, 0, B0_64K);
        assertThat(payloadLength(largest)).isEqualTo(Limits.TEMPLATE_DISTRIBUTION_FROM_CLIENT - Limits.TLV_ALLOWANCE);
        NewTemplate template = new NewTemplate(1, true, 0, 2, B0_255, 0, 0, 1, B0_64K, 0, PATH);
        assertThat(payloadLength(template)).isEqualTo(73_991).isLessThan(Limits.TEMPLATE_DISTRIBUTION_FROM_SERVER);
    }

    private static int payloadLength(Sv2Message message) {
        Frame frame = Frame.parse(message.toFrame());
        assertThat(Sv2Codec.decode(frame)).hasValue(message);
        return frame.payload().length();
    }
}
