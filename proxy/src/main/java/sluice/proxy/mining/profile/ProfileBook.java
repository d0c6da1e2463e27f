package sluice.proxy.mining.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import sluice.config.DifficultyForm;
import sluice.config.FirmwareProfiles;
import sluice.config.ProfileConfig;
import sluice.config.ProfileSettings;
import sluice.config.VardiffConfig;

/**
 * Says how a miner is treated: of each setting the first profile of the operator that matches and gives it decides, then
 * what is known of the machine's firmware, then what holds for all. Immutable; asked once for a channel, never for a share.
 */
public final class ProfileBook {
    /** Longest user agent, in characters, that is held against profiles and shown; the rest is cut. */
    public static final int MAX_USER_AGENT_LENGTH = 128;

    private final VardiffConfig vardiff;
    private final List<ProfileConfig> profiles;
    private final OptionalDouble leastDifficulty;
    private final MinerProfile plain;

    /** @param profiles the operator's; those of known firmware come behind them */
    public ProfileBook(VardiffConfig vardiff, List<ProfileConfig> profiles) {
        this(vardiff, withFirmware(profiles), OptionalDouble.empty());
    }

    private ProfileBook(VardiffConfig vardiff, List<ProfileConfig> all, OptionalDouble leastDifficulty) {
        this.vardiff = vardiff;
        this.profiles = all;
        this.leastDifficulty = leastDifficulty;
        this.plain = new MinerProfile(List.of(), ProfileSettings.NOTHING, vardiffOf(ProfileSettings.NOTHING));
    }

    private static List<ProfileConfig> withFirmware(List<ProfileConfig> profiles) {
        List<ProfileConfig> all = new ArrayList<>(profiles);
        all.addAll(FirmwareProfiles.all());
        return List.copyOf(all);
    }

    /** Without profiles of the operator's own. */
    public ProfileBook(VardiffConfig vardiff) {
        this(vardiff, List.of());
    }

    /** The same, but no difficulty below {@code difficulty} is chosen; empty: as the profiles say. */
    public ProfileBook withLeastDifficulty(OptionalDouble difficulty) {
        return difficulty.equals(leastDifficulty) ? this : new ProfileBook(vardiff, profiles, difficulty);
    }

    /** What holds for miners that no profile is for. */
    public VardiffConfig vardiff() {
        return plain.vardiff();
    }

    /**
     * How this miner is treated.
     *
     * @param userIdentity empty while nobody knows it
     * @param userAgent what the machine calls itself; empty where it says nothing
     */
    public MinerProfile of(MinerOrigin origin, String userIdentity, String userAgent) {
        List<String> names = new ArrayList<>(2);
        ProfileSettings settings = ProfileSettings.NOTHING;
        for (ProfileConfig profile : profiles) {
            if (profile.match().matches(userIdentity, origin.address(), origin.listener(), userAgent)) {
                names.add(profile.name());
                settings = settings.orElse(profile.settings());
            }
        }
        return names.isEmpty() ? plain : new MinerProfile(names, settings, vardiffOf(settings));
    }

    // Each bound may come from another place: where they contradict each other, the upper one holds. A machine that
    // reads a fraction as 0 gets none, whatever the bounds say.
    private VardiffConfig vardiffOf(ProfileSettings settings) {
        double least = settings.minDifficulty().orElse(vardiff.minDifficulty());
        double most = settings.maxDifficulty().orElse(vardiff.maxDifficulty());
        if (settings.difficultyForm().filter(DifficultyForm.INTEGER::equals).isPresent()) {
            least = Math.max(1, least);
            most = Math.max(1, most);
        }
        least = Math.min(Math.max(least, leastDifficulty.orElse(least)), most);
        double start = settings.startDifficulty().orElse(vardiff.startDifficulty());
        VardiffConfig own = new VardiffConfig(
                vardiff.enabled(),
                settings.sharesPerMinute().orElse(vardiff.sharesPerMinute()),
                least,
                most,
                Math.clamp(start, least, most));
        return own.equals(vardiff) ? vardiff : own;
    }

    /** A user agent without control characters, which could forge log lines, and of bounded length. */
    public static String readableUserAgent(String text) {
        StringBuilder readable = new StringBuilder();
        text.codePoints()
                .filter(character ->
                        !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE)
                .limit(MAX_USER_AGENT_LENGTH)
                .forEach(readable::appendCodePoint);
        return readable.toString().strip();
    }
}
