package sluice.config;

/** A template provider that speaks SV2. */
public record ProviderSourceConfig(String name, Sv2PoolAddress provider) implements TemplateSourceConfig {
    public ProviderSourceConfig {
        EntryName.require(name);
    }

    @Override
    public String address() {
        return provider.url();
    }
}
