package sluice.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How some miners are treated differently; what is empty is as for all others.
 *
 * @param sharesPerMinute the rate that difficulty control steers each channel to
 * @param minDifficulty as {@link VardiffConfig#minDifficulty}
 * @param maxDifficulty as {@link VardiffConfig#maxDifficulty}
 * @param startDifficulty as {@link VardiffConfig#startDifficulty}
 * @param difficultyForm which numbers SV1 machines are told
 * @param keepalive as {@link Sv1Config#keepalive}
 * @param coinbaseBudget bytes of coinbase that the machine can take; it gets a larger one all the same
 * @param jobInterval the least time between two jobs of one tip
 */
public record ProfileSettings(
        Optional<Double> sharesPerMinute,
        Optional<Double> minDifficulty,
        Optional<Double> maxDifficulty,
        Optional<Double> startDifficulty,
        Optional<DifficultyForm> difficultyForm,
        Optional<Duration> keepalive,
        Optional<Integer> coinbaseBudget,
        Optional<Duration> jobInterval) {

    /** From less than any coinbase has to more than any job may have. */
    public static final Range<Integer> COINBASE_BUDGET = new Range<>(100, 262_144);

    /** Longer ones would keep a machine waiting for the job that shows it that its pool is there. */
    public static final Range<Duration> JOB_INTERVAL = new Range<>(Duration.ZERO, Duration.ofSeconds(30));

    public static final ProfileSettings NOTHING = new ProfileSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public ProfileSettings {
        sharesPerMinute.ifPresent(VardiffConfig.SHARES_PER_MINUTE::require);
        minDifficulty.ifPresent(VardiffConfig.DIFFICULTY::require);
        maxDifficulty.ifPresent(VardiffConfig.DIFFICULTY::require);
        startDifficulty.ifPresent(VardiffConfig.DIFFICULTY::require);
        keepalive.ifPresent(Sv1Config.KEEPALIVE::require);
        coinbaseBudget.ifPresent(COINBASE_BUDGET::require);
        jobInterval.ifPresent(JOB_INTERVAL::require);
    }

    /** The same with an upper bound, which the lower one must not contradict within one profile. */
    ProfileSettings withMaxDifficulty(double most) {
        if (minDifficulty.filter(least -> least > most).isPresent()) {
            throw new InvalidValueException(
                    "is lower than min_difficulty", "raise max_difficulty or lower min_difficulty");
        }
        return new ProfileSettings(
                sharesPerMinute,
                minDifficulty,
                Optional.of(most),
                startDifficulty,
                difficultyForm,
                keepalive,
                coinbaseBudget,
                jobInterval);
    }

    public boolean isEmpty() {
        return equals(NOTHING);
    }

    /** These settings, and of {@code others} what these leave open. */
    public ProfileSettings orElse(ProfileSettings others) {
        return new ProfileSettings(
                sharesPerMinute.or(others::sharesPerMinute),
                minDifficulty.or(others::minDifficulty),
                maxDifficulty.or(others::maxDifficulty),
                startDifficulty.or(others::startDifficulty),
                difficultyForm.or(others::difficultyForm),
                keepalive.or(others::keepalive),
                coinbaseBudget.or(others::coinbaseBudget),
                jobInterval.or(others::jobInterval));
    }

    /** In the words of the configuration. */
    @Override
    public String toString() {
        List<String> given = new ArrayList<>();
        sharesPerMinute.ifPresent(rate -> given.add("shares_per_minute=" + Range.text(rate)));
        minDifficulty.ifPresent(least -> given.add("min_difficulty=" + Range.text(least)));
        maxDifficulty.ifPresent(most -> given.add("max_difficulty=" + Range.text(most)));
        startDifficulty.ifPresent(start -> given.add("start_difficulty=" + Range.text(start)));
        difficultyForm.ifPresent(form -> given.add("difficulty_form=" + form.text()));
        keepalive.ifPresent(silence -> given.add("keepalive=" + DurationText.format(silence)));
        coinbaseBudget.ifPresent(bytes -> given.add("coinbase_budget=" + bytes));
        jobInterval.ifPresent(least -> given.add("job_interval=" + DurationText.format(least)));
        return String.join(" ", given);
    }
}
