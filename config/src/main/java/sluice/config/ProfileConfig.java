package sluice.config;

/**
 * How some miners are treated differently.
 *
 * @param name what the log calls it
 * @param match whom it is for
 */
public record ProfileConfig(String name, MinerMatch match, ProfileSettings settings) {

    public static final int MAX_PROFILES = 64;
}
