"""Shapes that only the client has.

Source: docker/cli command/system.
"""

SHAPES = """
system.platformInfo:
  Name string?
system.clientVersion:
  Platform *system.platformInfo?; Version string?; APIVersion=ApiVersion string?; DefaultAPIVersion string?;
  GitCommit string?; GoVersion string?; Os string?; Arch string?; BuildTime string?; Context string
system.versionInfo:
  Client system.clientVersion; Server *types.Version
system.pluginInfo:
  SchemaVersion string?; Vendor string?; Version string?; ShortDescription string?; Name string?; Path string?
system.clientInfo:
  Debug bool; +system.clientVersion; Plugins []system.pluginInfo; Warnings []string
system.dockerInfo:
  +*system.Info; ServerErrors []string?; UserName string?; ClientInfo *system.clientInfo?; ClientErrors []string?
context.ClientContext:
  Name string; Description string; DockerEndpoint string; Current bool; Error string; ContextType string
"""
