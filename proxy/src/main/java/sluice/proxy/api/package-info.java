/** The inter-module API: what can be asked, by whom, and what is answered; whatever carries it. */
package sluice.proxy.api;
