# build_installer.ps1 BUNDLE OUT VERSION MACHINE   makes the installer with Inno Setup 6, prints its path.
param(
    [Parameter(Mandatory)] [string] $Bundle,
    [Parameter(Mandatory)] [string] $Out,
    [Parameter(Mandatory)] [string] $Version,
    [Parameter(Mandatory)] [string] $Machine
)
$ErrorActionPreference = "Stop"

if ($Machine -ne "x86_64") { throw "The Windows installer is for x86_64 alone, this is $Machine." }
$found = Get-Command iscc -ErrorAction SilentlyContinue
$iscc = if ($found) { $found.Source } else { Join-Path ${env:ProgramFiles(x86)} "Inno Setup 6\ISCC.exe" }
if (-not (Test-Path $iscc)) { throw "Inno Setup 6 is not installed (https://jrsoftware.org/isdl.php)." }

& $iscc /Qp "/DVersion=$Version" "/DBundle=$Bundle" "/DOut=$Out" (Join-Path $PSScriptRoot "stembridge.iss") | Out-Host
if ($LASTEXITCODE -ne 0) { throw "Inno Setup has failed with exit code $LASTEXITCODE." }
Write-Output (Join-Path $Out "StemBridge-$Version-windows-$Machine.exe")
