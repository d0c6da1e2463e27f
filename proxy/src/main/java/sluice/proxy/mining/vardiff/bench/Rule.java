package sluice.proxy.mining.vardiff.bench;

import sluice.config.VardiffConfig;

/** The policies that are compared. */
public enum Rule {
    SLUICE {
        @Override
        DifficultyPolicy start(VardiffConfig config, double difficulty) {
            return new SluicePolicy(config, difficulty);
        }
    },
    /** What the reference implementation does. */
    CLASSIC {
        @Override
        DifficultyPolicy start(VardiffConfig config, double difficulty) {
            return new ClassicPolicy(config, difficulty);
        }
    },
    /** What ckpool does, for the share rate asked for in place of its own. */
    CKPOOL {
        @Override
        DifficultyPolicy start(VardiffConfig config, double difficulty) {
            return new CkpoolPolicy(config, difficulty);
        }
    };

    abstract DifficultyPolicy start(VardiffConfig config, double difficulty);
}
