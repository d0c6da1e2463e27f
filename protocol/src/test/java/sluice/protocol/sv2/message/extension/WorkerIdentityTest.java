package sluice.protocol.sv2.message.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.Tlv;

class WorkerIdentityTest {
    private static final SubmitSharesExtended SHARE =
            new SubmitSharesExtended(3, 1, 1, 16647, 1745611105L, 0x20000000L, Bytes.fromHex("0100000000000000"));

    @Test
    void ridesBehindAShare() {
        SubmitSharesExtended named = SHARE.withTlvs(List.of(WorkerIdentity.of("Worker_001")));
        assertThat(named.toFrameBytes().hex())
                .isEqualTo("00801b3000000300000001000000010000000741000061e90b68000000200801000000000000000200010a00"
                        + "576f726b65725f303031");
        assertThat(WorkerIdentity.in(named.tlvs(extension -> extension == WorkerIdentity.EXTENSION_TYPE)))
                .hasValue("Worker_001");
    }

    @Test
    void isIgnoredWhenTheExtensionIsNotNegotiated() {
        SubmitSharesExtended named = SHARE.withTlvs(List.of(WorkerIdentity.of("Worker_001")));
        assertThat(WorkerIdentity.in(named.tlvs(extension -> false))).isEmpty();
    }

    @Test
    void isAbsentFromAPlainShareWithoutAnAllocation() {
        assertThat(SHARE.tlvs(extension -> true)).isSameAs(List.of());
        assertThat(SHARE.withTlvs(List.of()).tlvTail()).isSameAs(Bytes.EMPTY);
    }

    @Test
    void aLongNameIsCutBetweenTwoCharactersBeforeItIsSent() {
        assertThat(WorkerIdentity.of("a".repeat(32)).value().length()).isEqualTo(32);
        assertThat(WorkerIdentity.of("a".repeat(33)).value().length()).isEqualTo(32);
        assertThat(WorkerIdentity.of("a".repeat(31) + "é").value().length()).isEqualTo(31);
    }

    @Test
    void aNameIsReadUpToTheLimitAndAViolationOnePastIt() {
        Tlv most = new Tlv(WorkerIdentity.EXTENSION_TYPE, WorkerIdentity.FIELD_TYPE, Bytes.zeros(32));
        assertThat(WorkerIdentity.in(List.of(most))).hasValue("\0".repeat(32));
        Tlv longer = new Tlv(WorkerIdentity.EXTENSION_TYPE, WorkerIdentity.FIELD_TYPE, Bytes.zeros(33));
        assertThatThrownBy(() -> WorkerIdentity.in(List.of(longer)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith(WorkerIdentity.TOO_LONG);
    }

    @Test
    void otherFieldsAreNotIdentities() {
        assertThat(WorkerIdentity.in(List.of(new Tlv(2, 2, Bytes.zeros(1)), new Tlv(3, 1, Bytes.zeros(1)))))
                .isEmpty();
    }
}
