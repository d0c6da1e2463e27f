package sluice.proxy.mining.profile;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sluice.config.DifficultyForm;
import sluice.config.ProfileSettings;
import sluice.config.VardiffConfig;

/**
 * How one miner is treated.
 *
 * @param names of the profiles that say so, the first to be heard first; empty where it is a miner like any other
 * @param settings what they say together
 * @param vardiff how its difficulty is chosen
 */
public record MinerProfile(List<String> names, ProfileSettings settings, VardiffConfig vardiff) {

    public MinerProfile {
        names = List.copyOf(names);
    }

    /** Which numbers it can be told as a difficulty. */
    public DifficultyForm difficultyForm() {
        return settings.difficultyForm().orElse(DifficultyForm.ANY);
    }

    /** How long it may be sent no job; empty where it gets its job again together with all others. */
    public Optional<Duration> keepalive() {
        return settings.keepalive();
    }

    /** The least time between two jobs of one tip. */
    public Duration jobInterval() {
        return settings.jobInterval().orElse(Duration.ZERO);
    }

    /** Whether a coinbase of so many bytes is more than the machine is known to take. */
    public boolean isBeyondBudget(int coinbaseBytes) {
        return settings.coinbaseBudget()
                .filter(budget -> coinbaseBytes > budget)
                .isPresent();
    }
}
