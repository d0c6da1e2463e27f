package sluice.protocol.sv2.message.template;

/** Error codes of RequestTransactionData.Error. Unknown codes are legal and are only logged (SV2 3.5). */
public final class TemplateDistributionErrorCode {
    public static final String TEMPLATE_ID_NOT_FOUND = "template-id-not-found";
    public static final String STALE_TEMPLATE_ID = "stale-template-id";

    private TemplateDistributionErrorCode() {}
}
