/** Where work comes from: the commands an upstream takes and the events it reports. */
package sluice.upstream;
