; Inno Setup 6: an installer for one user, without administrator rights. build_installer.ps1 runs it with
; /DVersion=… /DBundle=… /DOut=…
#ifndef Version
  #error Version is missing: run installer\build.py
#endif

[Setup]
AppId={{6B1E6C0A-5D0B-4C0E-9C4B-5A7B2F6E91D4}
AppName=Stem Bridge
AppVersion={#Version}
AppPublisher=The Stem Bridge founders
DefaultDirName={autopf}\Stem Bridge
DefaultGroupName=Stem Bridge
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
SetupIconFile={#Bundle}\_internal\icons\stembridge.ico
UninstallDisplayIcon={app}\stembridge.exe
UninstallDisplayName=Stem Bridge
LicenseFile=..\..\LICENSE
OutputDir={#Out}
OutputBaseFilename=StemBridge-{#Version}-windows-x86_64
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes
ChangesEnvironment=yes

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "path"; Description: "Let the command stembridge be found in a terminal"; Flags: unchecked

[InstallDelete]
; Modules of an older version must not be imported by this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Stem Bridge"; Filename: "{app}\stembridge.exe"
Name: "{group}\Uninstall Stem Bridge"; Filename: "{uninstallexe}"

[Registry]
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; \
  Tasks: path; Check: NotInPath('{app}')

[Run]
Filename: "{app}\stembridge.exe"; Description: "Start Stem Bridge"; Flags: nowait postinstall skipifsilent

; Removes scripts in DAWs and the companion's data. Models and settings stay; the window's menu can remove them before.
[UninstallRun]
Filename: "{app}\stembridge.exe"; Parameters: "uninstall --yes --keep-models --keep-settings"; \
  Flags: runhidden; RunOnceId: "stembridge"

[UninstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Code]
function NotInPath(Folder: string): Boolean;
var
  Path: string;
begin
  Result := not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path)
    or (Pos(';' + Uppercase(ExpandConstant(Folder)) + ';', ';' + Uppercase(Path) + ';') = 0);
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Path: string;
begin
  if (Step = usUninstall) and RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path) then
    if StringChangeEx(Path, ';' + ExpandConstant('{app}'), '', True) > 0 then
      RegWriteExpandStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path);
end;
