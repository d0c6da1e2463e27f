package sluice.proxy.declaration;

/** Why a declared job is not taken (SV2 6.4.6); an expected outcome, so no stack trace. */
final class DeclarationRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * @param code of {@link sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode}
     * @param detail for people
     */
    DeclarationRefused(String code, String detail) {
        super(detail, null, false, false);
        this.code = code;
    }

    String code() {
        return code;
    }
}
