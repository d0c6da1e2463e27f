package sluice.proxy.cli.demo;

import java.io.IOException;

/** Something to show: builds a farm of its own, lets it happen there, and reports whether it held what it promised. */
public interface Scenario {
    /** Throws IOException where a port or a file cannot be had. */
    DemoReport play(Stage stage) throws IOException, InterruptedException;
}
