package sluice.proxy.goal;

/**
 * What an upstream is made of. Two equal definitions are one upstream: a change of plan that repeats a definition leaves its
 * connections alone.
 */
public interface UpstreamDefinition {
    /** Shown in logs and events; without secrets. */
    String name();
}
