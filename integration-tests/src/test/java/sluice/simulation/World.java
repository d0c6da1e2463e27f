package sluice.simulation;

/** What all actors of one run share. */
record World(VirtualTime time, Faults faults, Trace trace, Internet internet) {
    static World of(Chance chance, boolean inWords) {
        VirtualTime time = new VirtualTime();
        Faults faults = new Faults(chance.split());
        Trace trace = new Trace(time, inWords);
        return new World(time, faults, trace, new Internet(time, faults, trace, chance.split()));
    }
}
