package sluice.upstream.session;

import sluice.protocol.sv1.Sv1Error;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.wire.WireText;

/** What an SV1 pool means by a refusal. */
final class Sv1Refusal {
    /** Most bytes of a pool's text that are passed on. */
    static final int MAX_TEXT_BYTES = 255;

    private Sv1Refusal() {}

    /** SV2's code where the answer says the same, else the pool's own text, fit for logs. */
    static String of(Sv1Response response) {
        int code = response.error().map(Sv1Error::code).orElse(Sv1ErrorCode.OTHER.number());
        if (code == Sv1ErrorCode.JOB_NOT_FOUND.number()) {
            return MiningErrorCode.STALE_SHARE;
        }
        if (code == Sv1ErrorCode.DUPLICATE_SHARE.number()) {
            return MiningErrorCode.DUPLICATE_SHARE;
        }
        if (code == Sv1ErrorCode.LOW_DIFFICULTY.number()) {
            return MiningErrorCode.DIFFICULTY_TOO_LOW;
        }
        String text = response.error()
                .map(Sv1Error::text)
                .filter(words -> !words.isBlank())
                .or(response::rejectReason)
                .orElse("");
        return switch (text) {
            // ckpool has words and no codes.
            case "Stale" -> MiningErrorCode.STALE_SHARE;
            case "Duplicate" -> MiningErrorCode.DUPLICATE_SHARE;
            case "Above target" -> MiningErrorCode.DIFFICULTY_TOO_LOW;
            case "" -> response.error().isPresent() ? "error " + code : "no reason given";
            default -> printable(text);
        };
    }

    /** A pool's text as it may appear in logs and events. */
    static String printable(String text) {
        return WireText.truncate(WireText.printable(text), MAX_TEXT_BYTES);
    }
}
