package sluice.config;

/** Where templates come from. */
public sealed interface TemplateSourceConfig permits NodeSourceConfig, ProviderSourceConfig {
    int MAX_SOURCES = 8;

    /** For logs, and for what is said of found blocks. */
    String name();

    /** Where it is, without secrets. */
    String address();
}
