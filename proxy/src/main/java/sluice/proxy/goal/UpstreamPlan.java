package sluice.proxy.goal;

import sluice.config.IdentityMode;

/**
 * An upstream and how it is to be used.
 *
 * @param identity under whose names work goes up
 * @param aggregation most miners on one upstream channel; 0 for all
 * @param warm whether it is kept connected and with a job while another is used
 */
public record UpstreamPlan(UpstreamDefinition definition, IdentityMode identity, int aggregation, boolean warm) {
    /** All miners on one channel under the upstream's own user. */
    public static UpstreamPlan simple(UpstreamDefinition definition) {
        return new UpstreamPlan(definition, IdentityMode.GATEWAY, 0, false);
    }

    public String name() {
        return definition.name();
    }
}
