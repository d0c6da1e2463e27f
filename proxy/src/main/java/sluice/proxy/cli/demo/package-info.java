/** What the demonstration shows: scenarios, the farm they are played with, and what they came to. */
package sluice.proxy.cli.demo;
