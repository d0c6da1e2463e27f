package sluice.proxy.translation;

import java.util.EnumMap;
import java.util.Map;
import sluice.protocol.sv1.Sv1Error;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.proxy.mining.share.ShareVerdict;

/** The SV1 error of every verdict but acceptance. */
public final class ShareRefusal {
    private static final Map<ShareVerdict, Sv1Error> ERRORS = new EnumMap<>(ShareVerdict.class);

    static {
        for (ShareVerdict verdict : ShareVerdict.values()) {
            if (!verdict.isAccepted()) {
                ERRORS.put(verdict, errorOf(verdict));
            }
        }
    }

    private ShareRefusal() {}

    /** Throws IllegalArgumentException for an accepting verdict. */
    public static Sv1Error of(ShareVerdict verdict) {
        Sv1Error error = ERRORS.get(verdict);
        if (error == null) {
            throw new IllegalArgumentException(verdict + " is no refusal");
        }
        return error;
    }

    private static Sv1Error errorOf(ShareVerdict verdict) {
        return switch (verdict) {
            case ACCEPTED -> throw new IllegalArgumentException(verdict + " is no refusal");
            case STALE, UNKNOWN_JOB -> Sv1Error.of(Sv1ErrorCode.JOB_NOT_FOUND);
            case DUPLICATE -> Sv1Error.of(Sv1ErrorCode.DUPLICATE_SHARE);
            case LOW_DIFFICULTY -> Sv1Error.of(Sv1ErrorCode.LOW_DIFFICULTY);
            case BAD_USER_IDENTITY -> Sv1Error.of(Sv1ErrorCode.UNAUTHORIZED_WORKER);
            case UNKNOWN_CHANNEL -> Sv1Error.of(Sv1ErrorCode.NOT_SUBSCRIBED);
            case BAD_EXTRANONCE_SIZE -> Sv1Error.of(Sv1ErrorCode.OTHER, "Wrong extranonce2 size");
            // Firmware counts 21 as stale, which a share of another time is, and 20 as a fault of its own.
            case NTIME_TOO_OLD -> Sv1Error.of(Sv1ErrorCode.JOB_NOT_FOUND, "ntime too old");
            case NTIME_TOO_NEW -> Sv1Error.of(Sv1ErrorCode.JOB_NOT_FOUND, "ntime too new");
            case VERSION_ROLLING_NOT_ALLOWED -> Sv1Error.of(Sv1ErrorCode.OTHER, "Version rolling not allowed");
            case BAD_VERSION_BITS -> Sv1Error.of(Sv1ErrorCode.OTHER, "Version bits outside the mask");
            case TOO_MANY_SHARES -> Sv1Error.of(Sv1ErrorCode.OTHER, "Too many shares on one block");
            case UNJUDGED -> Sv1Error.of(Sv1ErrorCode.OTHER, "Too many bad shares");
        };
    }
}
