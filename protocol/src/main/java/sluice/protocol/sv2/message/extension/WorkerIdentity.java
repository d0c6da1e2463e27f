package sluice.protocol.sv2.message.extension;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.Tlv;
import sluice.protocol.sv2.wire.WireText;

/** The user_identity TLV of SubmitSharesExtended: which worker found the share (extension 0x0002). */
public final class WorkerIdentity {
    public static final int EXTENSION_TYPE = 0x0002;
    public static final int FIELD_TYPE = 0x01;
    /** The longest identity in bytes. */
    public static final int MAX_LENGTH = 32;
    /** Reason of the violation that a longer one is. */
    public static final String TOO_LONG = "worker-identity-too-long";

    private WorkerIdentity() {}

    /** The field for {@code name}, cut to {@link #MAX_LENGTH} bytes between two characters. */
    public static Tlv of(String name) {
        Bytes value = Bytes.wrap(WireText.encode(WireText.truncate(name, MAX_LENGTH)));
        return new Tlv(EXTENSION_TYPE, FIELD_TYPE, value);
    }

    /**
     * The first identity among {@code tlvs}. Throws ProtocolViolation if it is too long: such a message is void
     * (SV2 3.4.3).
     */
    public static Optional<String> in(List<Tlv> tlvs) {
        for (Tlv tlv : tlvs) {
            if (tlv.extensionType() == EXTENSION_TYPE && tlv.fieldType() == FIELD_TYPE) {
                byte[] value = tlv.value().toArray();
                if (value.length > MAX_LENGTH) {
                    throw new ProtocolViolation(TOO_LONG, value.length + " bytes, at most " + MAX_LENGTH);
                }
                return Optional.of(WireText.decode(value, 0, value.length));
            }
        }
        return Optional.empty();
    }
}
